import { ECHOCTL, IUTF8, OCRNL, OLCUC, ONLCR, ONLRET, ONOCR, OPOST, TABDLY, XTABS } from '../../abi/flags.ts';
import type { Termios } from './termios.ts';

const BS = 8;
const TAB = 9;
const NL = 10;
const CR = 13;
const SPACE = 32;
const CARET = 0x5e;

/** Whether a byte is a control character (iscntrl of the C locale). */
export function isControl(c: number): boolean {
  return c < 32 || c === 127;
}

/** Whether a byte continues a UTF-8 character, on a terminal that speaks UTF-8. */
export function isContinuation(c: number, termios: Termios): boolean {
  return (termios.iflag & IUTF8) !== 0 && (c & 0xc0) === 0x80;
}

/** Echo operations that are no byte: a control character as ^X, marks of the column, a tab that is taken back. */
const AS_CONTROL = 0x100;
const MARK_LINE = 0x200;
const MOVE_BACK = 0x201;
const ERASE_TAB = 0x300;
const AFTER_TAB = 0x80;
/** The byte that n_tty.c marks its echo operations with: it is echoed as it is. */
const UNPROCESSED = 0xff;
/** Echo that waits at most; the oldest goes first when there is more. */
const ECHO_MAX = 4096;

/**
 * What a terminal shows: output processing and echo. Echo is kept as operations and carried out when typing pauses or a
 * program writes (n_tty.c: do_output_char and the echo operations).
 */
export class Output {
  /** The settings that count now. */
  termios: Termios;
  /** The column of the cursor, and the one at which the line being typed began. */
  #column = 0;
  #lineColumn = 0;
  #bytes: number[] = [];
  #echo: number[] = [];

  constructor(termios: Termios) {
    this.termios = termios;
  }

  /** Takes what has gathered to be sent. */
  take(): Uint8Array {
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return bytes;
  }

  /** Whether anything has gathered to be sent. */
  get pending(): boolean {
    return this.#bytes.length > 0;
  }

  /** Bytes that a program writes. */
  write(bytes: Uint8Array): void {
    for (const c of bytes) this.#show(c);
  }

  /** Echoes a byte as if a program wrote it. */
  raw(c: number): void {
    this.#add(c);
  }

  /** Echoes a typed byte: a control character as ^X where ECHOCTL is set. */
  echo(c: number): void {
    const named = this.termios.lflag & ECHOCTL && isControl(c) && c !== TAB;
    this.#add(named ? AS_CONTROL | c : c);
  }

  /** Wipes out one column. */
  rubOut(): void {
    this.raw(BS);
    this.raw(SPACE);
    this.raw(BS);
  }

  /** Moves back over a tab; `columns` were used since the start of the line (or since a tab, `afterTab`). */
  eraseTab(columns: number, afterTab: boolean): void {
    this.#add(ERASE_TAB | (columns & 7) | (afterTab ? AFTER_TAB : 0));
  }

  /** The line that is being typed begins here. */
  markLine(): void {
    this.#add(MARK_LINE);
  }

  /** The cursor goes one column back without output (ECHOPRT of a character of several bytes). */
  moveBack(): void {
    this.#add(MOVE_BACK);
  }

  #add(operation: number): void {
    if (this.#echo.length >= ECHO_MAX) this.#echo.shift();
    this.#echo.push(operation);
  }

  /** Forgets what is not sent yet (a signal character was typed). */
  flush(): void {
    this.#echo = [];
    this.#bytes = [];
  }

  /** Carries out the echo that waits. */
  commit(): void {
    const echo = this.#echo;
    if (echo.length === 0) return;
    this.#echo = [];
    for (const operation of echo) this.#carryOut(operation);
  }

  #carryOut(operation: number): void {
    if (operation === UNPROCESSED) {
      this.#bytes.push(UNPROCESSED);
      this.#column++;
    } else if (operation < AS_CONTROL) this.#show(operation);
    else if (operation < MARK_LINE) {
      this.#bytes.push(CARET, (operation & 0xff) ^ 0x40);
      this.#column += 2;
    } else if (operation === MARK_LINE) this.#lineColumn = this.#column;
    else if (operation === MOVE_BACK) this.#back();
    else {
      const used = (operation & 7) + (operation & AFTER_TAB ? 0 : this.#lineColumn);
      for (let back = 8 - (used & 7); back > 0; back--) {
        this.#bytes.push(BS);
        this.#back();
      }
    }
  }

  #back(): void {
    if (this.#column > 0) this.#column--;
  }

  /** One byte of output, processed as OPOST and its companions say. */
  #show(c: number): void {
    if (!(this.termios.oflag & OPOST)) this.#bytes.push(c);
    else this.#process(c);
  }

  #process(c: number): void {
    const { oflag } = this.termios;
    switch (c) {
      case NL:
        if (oflag & ONLRET) this.#column = 0;
        if (oflag & ONLCR) {
          this.#column = this.#lineColumn = 0;
          this.#bytes.push(CR, NL);
          return;
        }
        this.#lineColumn = this.#column;
        break;
      case CR:
        if (oflag & ONOCR && this.#column === 0) return;
        if (oflag & OCRNL) {
          if (oflag & ONLRET) this.#column = this.#lineColumn = 0;
          this.#bytes.push(NL);
          return;
        }
        this.#column = this.#lineColumn = 0;
        break;
      case TAB: {
        const spaces = 8 - (this.#column & 7);
        this.#column += spaces;
        if ((oflag & TABDLY) !== XTABS) break;
        for (let i = 0; i < spaces; i++) this.#bytes.push(SPACE);
        return;
      }
      case BS:
        this.#back();
        break;
      default:
        if (isControl(c)) break;
        if (!isContinuation(c, this.termios)) this.#column++;
        if (oflag & OLCUC && isLower(c)) {
          this.#bytes.push(c - 32);
          return;
        }
    }
    this.#bytes.push(c);
  }
}

/** Whether a byte is a small letter of Latin-1, as the kernel's ctype has it. */
export function isLower(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0xdf && c !== 0xf7);
}

/** Whether a byte is a capital letter of Latin-1. */
export function isUpper(c: number): boolean {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0xc0 && c < 0xdf && c !== 0xd7);
}

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

/** What a terminal shows: output processing and echo (n_tty.c: do_output_char and the echo operations). */
export class Output {
  /** The settings that count now. */
  termios: Termios;
  /** The column of the cursor, and the one at which the line being typed began. */
  #column = 0;
  #lineColumn = 0;
  #bytes: number[] = [];

  constructor(termios: Termios) {
    this.termios = termios;
  }

  /** Takes what has gathered to be sent. */
  take(): Uint8Array {
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return bytes;
  }

  /** Whether anything has gathered. */
  get pending(): boolean {
    return this.#bytes.length > 0;
  }

  /** Forgets what has gathered. */
  flush(): void {
    this.#bytes = [];
  }

  /** Bytes that a program writes. */
  write(bytes: Uint8Array): void {
    for (const c of bytes) this.raw(c);
  }

  /** One byte of output, processed as OPOST and its companions say. */
  raw(c: number): void {
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
        if (this.#column > 0) this.#column--;
        break;
      default:
        if (isControl(c)) break;
        if (!isContinuation(c, this.termios)) this.#column++;
        if (oflag & OLCUC && c >= 0x61 && c <= 0x7a) {
          this.#bytes.push(c - 32);
          return;
        }
    }
    this.#bytes.push(c);
  }

  /** Echoes a typed byte: a control character as ^X where ECHOCTL is set. */
  echo(c: number): void {
    if (this.termios.lflag & ECHOCTL && isControl(c) && c !== TAB) {
      this.#bytes.push(CARET, c ^ 0x40);
      this.#column += 2;
    } else this.raw(c);
  }

  /** Wipes out one column. */
  rubOut(): void {
    this.raw(BS);
    this.raw(SPACE);
    this.raw(BS);
  }

  /** Moves back over a tab; `columns` were used since the start of the line (or since a tab, `afterTab`). */
  eraseTab(columns: number, afterTab: boolean): void {
    const used = afterTab ? columns : columns + this.#lineColumn;
    for (let back = 8 - (used & 7); back > 0; back--) {
      this.#bytes.push(BS);
      if (this.#column > 0) this.#column--;
    }
  }

  /** The line that is being typed begins here. */
  markLine(): void {
    this.#lineColumn = this.#column;
  }

  /** The cursor goes one column back without output (ECHOPRT of a character of several bytes). */
  moveBack(): void {
    if (this.#column > 0) this.#column--;
  }
}

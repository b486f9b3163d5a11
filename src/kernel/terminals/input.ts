import {
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ECHOPRT,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUCLC,
  IXANY,
  IXON,
  NOFLSH,
  PARMRK,
  VEOF,
  VEOL,
  VEOL2,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VWERASE,
} from '../../abi/flags.ts';
import { SIGINT, SIGQUIT, SIGTSTP } from '../../abi/signals.ts';
import { isContinuation, isControl, isLower, isUpper, type Output } from './output.ts';
import type { Termios } from './termios.ts';

/** Bytes that a terminal holds for its readers (N_TTY_BUF_SIZE). */
const SIZE = 4096;
const MASK = SIZE - 1;
/** Marks the end of a line in the buffer, and (alone) the end of file. */
const DELIMITER = 0x100;
const NL = 10;
const CR = 13;
const TAB = 9;
const BS = 8;

/** What typing can cause beyond the buffer. */
export interface InputEvents {
  /** A signal for the foreground group. */
  signal(number: number): void;
  /** Output is stopped or goes on (IXON). */
  stop(): void;
  start(): void;
  readonly stopped: boolean;
  /** Something can be read now. */
  ready(): void;
}

/** The input half of the line discipline: what is typed, edited, and not yet read (n_tty.c). */
export class Input {
  readonly #out: Output;
  readonly #events: InputEvents;
  readonly #buffer = new Uint16Array(SIZE);
  /** Ever growing positions: next byte to read, end of the last whole line, next byte to store. */
  #tail = 0;
  #line = 0;
  #head = 0;
  /** The next byte is taken literally. */
  #literal = false;
  /** Inside \.../ of ECHOPRT. */
  #erasing = false;
  /** Typed, but there was no room yet. */
  #waiting: number[] = [];

  constructor(out: Output, events: InputEvents) {
    this.#out = out;
    this.#events = events;
  }

  get #termios(): Termios {
    return this.#out.termios;
  }

  /** Takes typed bytes as far as there is room; the rest waits for a reader. */
  receive(bytes: Uint8Array): void {
    for (const c of bytes) this.#waiting.push(c);
    this.#drain();
  }

  #drain(): void {
    let done = 0;
    for (const c of this.#waiting) {
      const used = this.#head - this.#tail;
      const canonical = (this.#termios.lflag & ICANON) !== 0;
      if (used >= SIZE - 1) {
        // A line that fills everything is kept alive: its last byte gives way.
        if (!canonical || this.#line !== this.#tail) break;
        this.#head--;
      }
      done++;
      this.#type(c);
    }
    this.#waiting.splice(0, done);
    if (!(this.#termios.lflag & ICANON) && this.#head !== this.#tail) this.#events.ready();
  }

  /** Bytes that a reader can have now. */
  get available(): number {
    return (this.#termios.lflag & ICANON ? this.#line : this.#head) - this.#tail;
  }

  /** Typed bytes for which there was no room yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Bytes that wait (FIONREAD): end of file marks are none. */
  get unread(): number {
    if (!(this.#termios.lflag & ICANON)) return this.#head - this.#tail;
    let count = 0;
    for (let at = this.#tail; at < this.#line; at++) if (this.#buffer[at & MASK] !== DELIMITER) count++;
    return count;
  }

  /** Takes up to `most` bytes: in canonical mode at most one line. An end of file mark is taken without a byte. */
  take(most: number): Uint8Array {
    const canonical = (this.#termios.lflag & ICANON) !== 0;
    const bytes: number[] = [];
    const end = canonical ? this.#line : this.#head;
    while (this.#tail < end && bytes.length < most) {
      const entry = this.#buffer[this.#tail++ & MASK];
      if (canonical && entry === DELIMITER) return this.#took(bytes);
      bytes.push(entry & 0xff);
      if (canonical && entry & DELIMITER) return this.#took(bytes);
    }
    // A full buffer right before an end of file mark takes the mark along.
    if (canonical && bytes.length > 0 && this.#tail < end && this.#buffer[this.#tail & MASK] === DELIMITER)
      this.#tail++;
    return this.#took(bytes);
  }

  #took(bytes: number[]): Uint8Array {
    if (this.#waiting.length > 0) this.#drain();
    return Uint8Array.from(bytes);
  }

  /** Forgets all that was typed. */
  flush(): void {
    this.#waiting = [];
    this.#tail = this.#line = this.#head;
    this.#erasing = false;
  }

  /** The settings changed from `old`: what was typed is seen in the new way. */
  changed(old: Termios): void {
    if (!((old.lflag ^ this.#termios.lflag) & ICANON)) return;
    for (let at = this.#tail; at < this.#head; at++) {
      const entry = this.#buffer[at & MASK];
      this.#buffer[at & MASK] = entry & 0xff;
    }
    const canonical = (this.#termios.lflag & ICANON) !== 0;
    if (canonical && this.#head !== this.#tail) {
      this.#buffer[(this.#head - 1) & MASK] |= DELIMITER;
      this.#line = this.#head;
    } else this.#line = this.#tail;
    this.#literal = this.#erasing = false;
  }

  #put(c: number): void {
    this.#buffer[this.#head++ & MASK] = c;
  }

  #putData(c: number): void {
    if (c === 0xff && this.#termios.iflag & PARMRK) this.#put(c);
    this.#put(c);
  }

  #is(c: number, index: number): boolean {
    const special = this.#termios.cc[index];
    return special !== 0 && c === special;
  }

  #type(typed: number): void {
    const { iflag, lflag } = this.#termios;
    let c = iflag & ISTRIP ? typed & 0x7f : typed;
    if (iflag & IUCLC && lflag & IEXTEN && isUpper(c)) c += 32;
    if (this.#literal) {
      this.#literal = false;
      this.#plain(c);
      return;
    }
    if (this.#control(c)) return;
    if (this.#events.stopped && iflag & IXON && iflag & IXANY) this.#resume();
    const pressed = c;
    if (c === CR) {
      if (iflag & IGNCR) return;
      if (iflag & ICRNL) c = NL;
    } else if (c === NL && iflag & INLCR) c = CR;
    if (lflag & ICANON && this.#edit(c)) return;
    // Only a carriage return that became one is shown as a new line here; a typed one is a control character.
    if (lflag & ECHO && c === NL && pressed === CR) {
      this.#finishErasing();
      this.#out.raw(NL);
      this.#put(NL);
    } else this.#plain(c);
  }

  /** Bytes that stop and start output or send signals; false for others. */
  #control(c: number): boolean {
    const { iflag, lflag } = this.#termios;
    if (iflag & IXON && this.#is(c, VSTART)) this.#resume();
    else if (iflag & IXON && this.#is(c, VSTOP)) this.#events.stop();
    else if (lflag & ISIG && this.#is(c, VINTR)) this.#signal(SIGINT, c);
    else if (lflag & ISIG && this.#is(c, VQUIT)) this.#signal(SIGQUIT, c);
    else if (lflag & ISIG && this.#is(c, VSUSP)) this.#signal(SIGTSTP, c);
    else return false;
    return true;
  }

  /** Output goes on, with the echo so far first. */
  #resume(): void {
    this.#events.start();
    this.#out.commit();
  }

  #plain(c: number): void {
    if (this.#termios.lflag & ECHO) {
      this.#finishErasing();
      if (this.#line === this.#head) this.#out.markLine();
      this.#out.echo(c);
    }
    this.#putData(c);
  }

  #signal(number: number, c: number): void {
    this.#events.signal(number);
    if (!(this.#termios.lflag & NOFLSH)) {
      this.#out.flush();
      this.#tail = this.#line = this.#head;
      this.#erasing = false;
    }
    if (this.#termios.iflag & IXON) this.#events.start();
    if (this.#termios.lflag & ECHO) this.#out.echo(c);
  }

  /** What editing characters do in canonical mode; false for an ordinary byte. */
  #edit(c: number): boolean {
    const { lflag } = this.#termios;
    const extended = (lflag & IEXTEN) !== 0;
    const echo = (lflag & ECHO) !== 0;
    if (this.#is(c, VERASE)) this.#erase('character');
    else if (this.#is(c, VKILL)) this.#kill();
    else if (extended && this.#is(c, VWERASE)) this.#erase('word');
    else if (extended && this.#is(c, VLNEXT)) this.#quote(echo);
    else if (extended && echo && this.#is(c, VREPRINT)) this.#reprint(c);
    else if (c === NL) {
      if (echo || lflag & ECHONL) this.#out.raw(NL);
      this.#endLine(NL | DELIMITER);
    } else if (this.#is(c, VEOF)) this.#endLine(DELIMITER);
    else if (this.#is(c, VEOL) || (extended && this.#is(c, VEOL2))) {
      if (echo) {
        if (this.#line === this.#head) this.#out.markLine();
        this.#out.echo(c);
      }
      this.#endLine(c | DELIMITER);
    } else return false;
    return true;
  }

  #endLine(entry: number): void {
    this.#put(entry);
    this.#line = this.#head;
    this.#events.ready();
  }

  #quote(echo: boolean): void {
    this.#literal = true;
    if (!echo) return;
    this.#finishErasing();
    if (!(this.#termios.lflag & ECHOCTL)) return;
    this.#out.raw(0x5e);
    this.#out.raw(BS);
  }

  #reprint(c: number): void {
    this.#finishErasing();
    this.#out.echo(c);
    this.#out.raw(NL);
    for (let at = this.#line; at < this.#head; at++) this.#out.echo(this.#buffer[at & MASK] & 0xff);
  }

  #kill(): void {
    if (this.#head === this.#line) return;
    const { lflag } = this.#termios;
    if (lflag & ECHO && lflag & ECHOK && lflag & ECHOKE && lflag & ECHOE) {
      this.#erase('line');
      return;
    }
    this.#head = this.#line;
    if (!(lflag & ECHO)) return;
    this.#finishErasing();
    this.#out.echo(this.#termios.cc[VKILL]);
    if (lflag & ECHOK) this.#out.raw(NL);
  }

  #erase(what: 'character' | 'word' | 'line'): void {
    if (this.#head === this.#line) return;
    let inWord = false;
    while (this.#head !== this.#line) {
      let at = this.#head;
      let c: number;
      do c = this.#buffer[--at & MASK] & 0xff;
      while (isContinuation(c, this.#termios) && at !== this.#line);
      if (isContinuation(c, this.#termios)) break;
      if (what === 'word') {
        if (isWord(c)) inWord = true;
        else if (inWord) break;
      }
      const count = this.#head - at;
      this.#head = at;
      if (this.#termios.lflag & ECHO) this.#showErased(c, at, count, what);
      if (what === 'character') break;
    }
    if (this.#head === this.#line && this.#termios.lflag & ECHO) this.#finishErasing();
  }

  #showErased(c: number, at: number, count: number, what: string): void {
    const { lflag, cc } = this.#termios;
    if (lflag & ECHOPRT) {
      if (!this.#erasing) this.#out.raw(0x5c);
      this.#erasing = true;
      this.#out.echo(c);
      for (let i = 1; i < count; i++) {
        this.#out.raw(this.#buffer[(at + i) & MASK] & 0xff);
        this.#out.moveBack();
      }
    } else if (what === 'character' && !(lflag & ECHOE)) this.#out.echo(cc[VERASE]);
    else if (c === TAB) this.#eraseTab();
    else {
      if (isControl(c) && lflag & ECHOCTL) this.#out.rubOut();
      if (!isControl(c) || lflag & ECHOCTL) this.#out.rubOut();
    }
  }

  #eraseTab(): void {
    let columns = 0;
    let afterTab = false;
    for (let at = this.#head; at !== this.#line; ) {
      const c = this.#buffer[--at & MASK] & 0xff;
      if (c === TAB) {
        afterTab = true;
        break;
      }
      if (isControl(c)) columns += this.#termios.lflag & ECHOCTL ? 2 : 0;
      else if (!isContinuation(c, this.#termios)) columns++;
    }
    this.#out.eraseTab(columns, afterTab);
  }

  #finishErasing(): void {
    if (!this.#erasing) return;
    this.#out.raw(0x2f);
    this.#erasing = false;
  }
}

function isWord(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || isUpper(c) || isLower(c) || c === 0x5f;
}

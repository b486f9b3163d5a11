/** A place in the tokens of a script, for the parser. */
import { ScriptError } from './error.ts';
import type { Token } from './lexer.ts';

export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  /** The token that comes next. */
  get next(): Token {
    return this.#tokens[this.#at];
  }

  /** The token taken last. */
  get last(): Token {
    return this.#tokens[Math.max(0, this.#at - 1)];
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  /** Whether this mark comes next. */
  sees(mark: string): boolean {
    return this.next.kind === 'mark' && this.next.text === mark;
  }

  /** Takes this mark if it comes next. */
  accepts(mark: string): boolean {
    if (!this.sees(mark)) return false;
    this.take();
    return true;
  }

  /** Takes this mark; what else comes is a mistake. */
  expects(mark: string, where: string, hint = ''): Token {
    if (this.sees(mark)) return this.take();
    throw this.unexpected(`"${mark}" ${where}`, hint);
  }

  unexpected(wanted: string, hint = ''): ScriptError {
    const { next } = this;
    const shown = next.kind === 'end' ? next.text : this.text.slice(next.start, next.end);
    return new ScriptError(`expected ${wanted}, found ${shown}`, next, hint);
  }
}

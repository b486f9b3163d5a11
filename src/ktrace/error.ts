/** What is wrong with a script, and where: shown with the line and a caret, and with a suggestion where there is one. */

/** A stretch of the script's text: offset of its first character, and of the one behind it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Thrown inside the language only; `readScript` (script.ts) makes a value of it. */
export class ScriptError extends Error {
  readonly span: Span;
  /** What to do about it, a sentence; '' where nothing is known. */
  readonly hint: string;

  constructor(message: string, span: Span, hint = '') {
    super(message);
    this.span = span;
    this.hint = hint;
  }
}

/** A mistake in a script as its author sees it. */
export interface Mistake {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
  /** The line, and below it the caret under the mistake. */
  readonly excerpt: string;
}

/** Lines longer than this are shown around the mistake only. */
const WIDTH = 100;

/** Where in `text` a mistake lies, as its author sees it. */
export function mistakeOf(text: string, { message, span, hint }: ScriptError): Mistake {
  const start = Math.min(span.start, text.length);
  const before = text.slice(0, start);
  const line = before.split('\n').length;
  const from = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', start);
  const whole = text.slice(from, end < 0 ? text.length : end);
  const column = start - from + 1;
  const cut = column > WIDTH ? column - WIDTH / 2 : 0;
  const shown = plain(whole.slice(cut, cut + WIDTH));
  const length = Math.max(1, Math.min(span.end - start, shown.length - (column - 1 - cut)));
  const caret = `${' '.repeat(Math.max(0, column - 1 - cut))}^${'~'.repeat(length - 1)}`;
  return { line, column, message, hint, excerpt: `${shown}\n${caret}` };
}

/** One column per character: tabs and what a terminal would obey become blanks. */
function plain(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/** `NAME:LINE:COLUMN: message`, the line, the caret, the suggestion. */
export function mistakeText(name: string, { line, column, message, hint, excerpt }: Mistake): string {
  const indented = excerpt.replace(/^/gm, '  ');
  return `${name}:${line}:${column}: ${message}\n${indented}${hint === '' ? '' : `\n${hint}`}`;
}

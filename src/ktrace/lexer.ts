/** Text to tokens. */
import { ScriptError, type Span } from './error.ts';

export type TokenKind = 'word' | 'number' | 'string' | 'map' | 'mark' | 'end';

/** One token; `text` is what it stands for (a string without quotes, a map without @). */
export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a number. */
  readonly value: number;
}

const BLANK = /(?:[ \t\r\n]+|\/\/[^\n]*|#[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9A-Fa-f_]+|[0-9][0-9_]*/y;
const MAP = /@[A-Za-z0-9_]*/y;
const STRING = /"((?:[^"\\\n]|\\.)*)"/y;
const MARK = /==|!=|<=|>=|&&|\|\||<<|>>|[-{}()[\]:;,=<>+*/%&|^~!?.]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '"': '"', '\\': '\\' };

/** Characters that other languages have, and what stands for them here. */
const FOREIGN: Readonly<Record<string, string>> = {
  "'": 'Strings stand in double quotes.',
  '`': 'Strings stand in double quotes.',
  $: 'There are no variables; use a map with an aggregation, or a name of the event (nestlab ktrace -l).',
};

/** All tokens of a script, an `end` last. Throws ScriptError. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: TokenKind, length: number, shown: string, value = 0): void => {
    found.push({ kind, text: shown, value, start: at, end: at + length });
    at += length;
  };
  for (;;) {
    at += match(BLANK)?.length ?? 0;
    if (at >= text.length) break;
    const word = match(WORD);
    const digits = word === undefined ? match(NUMBER) : undefined;
    const map = match(MAP);
    const string = match(STRING);
    const mark = text.startsWith('/*', at) ? undefined : match(MARK);
    if (word !== undefined) push('word', word.length, word);
    else if (digits !== undefined) push('number', digits.length, digits, numberOf(digits, at));
    else if (map !== undefined) push('map', map.length, map.slice(1));
    else if (string !== undefined) push('string', string.length, stringOf(string, at));
    else if (mark !== undefined) push('mark', mark.length, mark);
    else throw strange(text, at);
  }
  found.push({ kind: 'end', text: 'the end of the script', value: 0, start: text.length, end: text.length });
  return found;
}

function numberOf(digits: string, start: number): number {
  const value = Number(digits.replaceAll('_', ''));
  const span = { start, end: start + digits.length };
  if (Number.isNaN(value)) throw new ScriptError(`${digits} is no number`, span);
  if (value > Number.MAX_SAFE_INTEGER)
    throw new ScriptError(`${digits} is too large`, span, `Numbers go up to ${Number.MAX_SAFE_INTEGER}.`);
  return value;
}

function stringOf(quoted: string, start: number): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_all, letter: string, at: number) => {
    const meant = ESCAPES[letter];
    if (meant !== undefined) return meant;
    const from = start + 1 + at;
    throw new ScriptError(
      `\\${letter} means nothing`,
      { start: from, end: from + 2 },
      'There are \\n \\t \\r \\0 \\" \\\\.',
    );
  });
}

function strange(text: string, at: number): ScriptError {
  if (text.startsWith('/*', at))
    return new ScriptError('this comment has no end', { start: at, end: at + 2 }, 'It ends with */.');
  if (text[at] === '"') {
    const end = text.indexOf('\n', at);
    const span = { start: at, end: end < 0 ? text.length : end };
    return new ScriptError('this string has no end', span, 'A string ends with " on the same line.');
  }
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return new ScriptError(
    `${JSON.stringify(letter)} does not belong here`,
    { start: at, end: at + letter.length },
    FOREIGN[letter] ?? '',
  );
}

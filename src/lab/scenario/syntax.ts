/** Where a text stops being JSON (RFC 8259): the engine's own message does not always say. */

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Thrown at the place; never leaves this file. */
class Wrong {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/** The offset of the first character that cannot stand where it stands, the length where the end comes too early; -1 for JSON. */
export function whereNotJson(source: string): number {
  try {
    const end = skip(source, value(source, skip(source, 0)));
    return end === source.length ? -1 : end;
  } catch (wrong) {
    if (wrong instanceof Wrong) return wrong.at;
    throw wrong;
  }
}

/** The offset behind what a sticky pattern matches at `at`, or -1. */
function match(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : -1;
}

function skip(source: string, at: number): number {
  return match(SPACE, source, at);
}

function need(source: string, at: number, character: string): number {
  if (source[at] !== character) throw new Wrong(at);
  return at + 1;
}

/** The offset behind the value at `at`. */
function value(source: string, at: number): number {
  if (source[at] === '{') return members(source, at + 1, '}', member);
  if (source[at] === '[') return members(source, at + 1, ']', value);
  const end = source[at] === '"' ? match(STRING, source, at) : match(SCALAR, source, at);
  if (end < 0) throw new Wrong(at);
  return end;
}

function member(source: string, at: number): number {
  const name = match(STRING, source, at);
  if (name < 0) throw new Wrong(at);
  return value(source, skip(source, need(source, skip(source, name), ':')));
}

/** Members between commas up to the closing bracket. */
function members(source: string, from: number, close: string, one: (source: string, at: number) => number): number {
  let at = skip(source, from);
  if (source[at] === close) return at + 1;
  for (;;) {
    at = skip(source, one(source, at));
    if (source[at] === close) return at + 1;
    at = skip(source, need(source, at, ','));
  }
}

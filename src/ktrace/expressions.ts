/** Parses expressions: operators bind as in C. */
import type { Cursor } from './cursor.ts';
import { ScriptError } from './error.ts';
import { LIMITS } from './limits.ts';
import type { Binary, Expression, Unary } from './syntax.ts';

/** How strongly the operators bind. */
const STRENGTH: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
const UNARY: ReadonlySet<string> = new Set(['!', '-', '~']);

/** Where the parser is in one expression. */
interface State {
  readonly cursor: Cursor;
  /** A slash ends the predicate; inside parentheses it divides. */
  slashEnds: boolean;
  depth: number;
  terms: number;
}

/** An expression. In a predicate a slash outside of parentheses is its end. Throws ScriptError. */
export function parseExpression(cursor: Cursor, inPredicate = false): Expression {
  return binary({ cursor, slashEnds: inPredicate, depth: 0, terms: 0 }, 1);
}

function binary(state: State, least: number): Expression {
  const { cursor } = state;
  let left = unary(state);
  for (;;) {
    const { next } = cursor;
    if (next.kind !== 'mark' || (next.text === '/' && state.slashEnds)) return left;
    if (next.text === '=') throw assignment(cursor);
    const strength = STRENGTH[next.text];
    if (strength === undefined || strength < least) return left;
    cursor.take();
    const right = binary(state, strength + 1);
    left = {
      kind: 'binary',
      operator: next.text as Binary,
      left,
      right,
      start: left.start,
      end: right.end,
    };
  }
}

function unary(state: State): Expression {
  const { cursor } = state;
  const { next } = cursor;
  if (++state.terms > LIMITS.terms) throw new ScriptError(`more than ${LIMITS.terms} terms in one expression`, next);
  if (state.depth >= LIMITS.nesting)
    throw new ScriptError(`more than ${LIMITS.nesting} expressions inside one another`, next);
  if (next.kind !== 'mark' || !UNARY.has(next.text)) return primary(state);
  cursor.take();
  state.depth++;
  const operand = unary(state);
  state.depth--;
  return { kind: 'unary', operator: next.text as Unary, operand, start: next.start, end: operand.end };
}

function primary(state: State): Expression {
  const { cursor } = state;
  const { next } = cursor;
  const { start, end } = next;
  if (next.kind === 'number') {
    cursor.take();
    return { kind: 'number', value: next.value, text: next.text, start, end };
  }
  if (next.kind === 'string') {
    cursor.take();
    return { kind: 'string', value: next.text, start, end };
  }
  if (next.kind === 'word') {
    cursor.take();
    if (!cursor.sees('(')) return { kind: 'name', name: next.text, start, end };
    const args = parseArguments(cursor, state);
    return { kind: 'call', name: next.text, args, start, end: cursor.last.end };
  }
  if (next.kind === 'map')
    throw new ScriptError('a map cannot be read', next, 'Maps are filled by aggregations and shown at the end.');
  if (!cursor.accepts('(')) throw cursor.unexpected('a value');
  const inside = within(state, () => binary(state, 1));
  cursor.expects(')', 'to close the parenthesis');
  return { ...inside, start, end: cursor.last.end };
}

/** `( expression, expression... )`, also empty. */
export function parseArguments(
  cursor: Cursor,
  outer?: { slashEnds: boolean; depth: number; terms: number },
): Expression[] {
  const state: State = { cursor, slashEnds: false, depth: (outer?.depth ?? 0) + 1, terms: outer?.terms ?? 0 };
  cursor.expects('(', 'before the arguments');
  const args: Expression[] = [];
  while (!cursor.sees(')')) {
    args.push(binary(state, 1));
    if (!cursor.accepts(',')) break;
  }
  cursor.expects(')', 'after the arguments');
  if (outer) outer.terms = state.terms;
  return args;
}

function within(state: State, parse: () => Expression): Expression {
  const { slashEnds } = state;
  state.slashEnds = false;
  state.depth++;
  const inside = parse();
  state.slashEnds = slashEnds;
  state.depth--;
  return inside;
}

function assignment(cursor: Cursor): ScriptError {
  return new ScriptError('"=" compares nothing', cursor.next, 'To compare, write "==".');
}

/** Parses a script: clauses of probes, a predicate and actions. */
import { Cursor } from './cursor.ts';
import { ScriptError } from './error.ts';
import { parseArguments, parseExpression } from './expressions.ts';
import { type Token, tokens } from './lexer.ts';
import { LIMITS } from './limits.ts';
import type { Action, Clause, Expression, ProbeName } from './syntax.ts';

/** Words of other languages, and what to write here. */
const FOREIGN: Readonly<Record<string, string>> = {
  for: 'There are no loops: a script ends after a known number of steps.',
  while: 'There are no loops: a script ends after a known number of steps.',
  unroll: 'There are no loops: a script ends after a known number of steps.',
  if: 'Conditions stand in the predicate: probe /condition/ { actions }.',
  printf: 'Nothing is printed at the event; count it: @[name] = count();',
  print: 'Maps are printed at the end by themselves.',
  trace: 'Nothing is printed at the event; count it: @[name] = count();',
};

/** The clauses of a script, at least one. Throws ScriptError. */
export function parseScript(text: string): Clause[] {
  if (text.length > LIMITS.text)
    throw new ScriptError(`a script has at most ${LIMITS.text} characters`, { start: LIMITS.text, end: text.length });
  const cursor = new Cursor(text, tokens(text));
  const clauses: Clause[] = [];
  while (cursor.next.kind !== 'end') {
    if (clauses.length === LIMITS.clauses) throw new ScriptError(`more than ${LIMITS.clauses} clauses`, cursor.next);
    clauses.push(parseClause(cursor));
  }
  if (clauses.length === 0)
    throw new ScriptError('there is no clause', cursor.next, 'For example: syscall:*:entry { @[name] = count(); }');
  return clauses;
}

function parseClause(cursor: Cursor): Clause {
  const { start } = cursor.next;
  const probes = [parseProbe(cursor)];
  while (cursor.accepts(',')) {
    if (probes.length === LIMITS.probes) throw new ScriptError(`more than ${LIMITS.probes} probes`, cursor.next);
    probes.push(parseProbe(cursor));
  }
  const predicate = cursor.sees('/') ? parsePredicate(cursor) : undefined;
  cursor.expects(
    '{',
    predicate ? 'after the predicate' : 'or a predicate after the probe',
    predicate
      ? 'A division in a predicate stands in parentheses: a slash ends it.'
      : 'A clause is: probe /predicate/ { actions }',
  );
  const actions: Action[] = [];
  while (!cursor.sees('}')) {
    if (cursor.accepts(';')) continue;
    if (actions.length === LIMITS.actions) throw new ScriptError(`more than ${LIMITS.actions} actions`, cursor.next);
    actions.push(parseAction(cursor));
    if (!cursor.sees('}')) cursor.expects(';', 'after the action');
  }
  cursor.take();
  return { probes, predicate, actions, start, end: cursor.last.end };
}

/** What a probe's name is made of, with nothing between its pieces. */
function isProbePiece({ kind, text }: Token): boolean {
  return kind === 'word' || kind === 'number' || (kind === 'mark' && [':', '*', '?'].includes(text));
}

function parseProbe(cursor: Cursor): ProbeName {
  const first = cursor.next;
  if (!isProbePiece(first))
    throw cursor.unexpected('a probe', 'A clause is: probe /predicate/ { actions }. See: nestlab ktrace -l');
  cursor.take();
  while (isProbePiece(cursor.next) && cursor.next.start === cursor.last.end) cursor.take();
  const { start } = first;
  const { end } = cursor.last;
  return { text: cursor.text.slice(start, end), start, end };
}

function parsePredicate(cursor: Cursor): Expression {
  const open = cursor.take();
  if (cursor.sees('/')) throw new ScriptError('the predicate is empty', { start: open.start, end: cursor.next.end });
  const predicate = parseExpression(cursor, true);
  cursor.expects('/', 'at the end of the predicate');
  return predicate;
}

function parseAction(cursor: Cursor): Action {
  const { next } = cursor;
  if (next.kind === 'map') return parseAggregate(cursor);
  if (next.kind !== 'word') throw cursor.unexpected('an action', 'A clause is closed by "}".');
  const foreign = FOREIGN[next.text];
  if (foreign) throw new ScriptError(`there is no ${next.text}`, next, foreign);
  cursor.take();
  if (cursor.accepts('=')) {
    if (next.text !== 'mode')
      throw new ScriptError(
        `${next.text} cannot be assigned`,
        next,
        'Only mode and maps can: mode = app; @a = count();',
      );
    const value = parseExpression(cursor);
    return { kind: 'mode', value, start: next.start, end: value.end };
  }
  if (!cursor.sees('('))
    throw cursor.unexpected(`"(" after ${next.text}`, 'An action is verb(...), mode = ..., or @map = ...');
  const args = parseArguments(cursor);
  return { kind: 'verb', verb: next.text, verbSpan: next, args, start: next.start, end: cursor.last.end };
}

function parseAggregate(cursor: Cursor): Action {
  const map = cursor.take();
  const keys: Expression[] = [];
  if (cursor.accepts('[')) {
    while (!cursor.sees(']')) {
      keys.push(parseExpression(cursor));
      if (!cursor.accepts(',')) break;
    }
    cursor.expects(']', 'after the keys');
    if (keys.length === 0) throw new ScriptError('there is no key', cursor.last, `Without keys write @${map.text}.`);
    if (keys.length > LIMITS.keys) throw new ScriptError(`more than ${LIMITS.keys} keys`, keys[LIMITS.keys]);
  }
  cursor.expects('=', 'after the map', 'For example: @[name] = count();');
  const how = cursor.next;
  if (how.kind !== 'word') throw cursor.unexpected('an aggregation', 'For example: @[name] = count();');
  cursor.take();
  if (!cursor.sees('('))
    throw new ScriptError(
      'a map is filled by an aggregation',
      how,
      'There are count, sum, min, max, avg, hist, lhist.',
    );
  const args = parseArguments(cursor);
  return {
    kind: 'aggregate',
    map: map.text,
    mapSpan: map,
    keys,
    how: how.text,
    howSpan: how,
    args,
    start: map.start,
    end: cursor.last.end,
  };
}

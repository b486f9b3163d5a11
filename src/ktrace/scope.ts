/** What the checker knows around an expression. */
import { nearest } from '../abi/nearest.ts';
import { ScriptError, type Span } from './error.ts';
import type { Kind } from './moment.ts';
import type { Names } from './names.ts';
import type { Expression } from './syntax.ts';
import { alike, aType, isNumber, type Type } from './types.ts';
import { CONSTANTS, VARIABLES, variableNamed } from './variables.ts';

/** A clause's surroundings. */
export interface Scope {
  /** Kinds of events that its probes stand for. */
  readonly kinds: readonly Kind[];
  readonly names: Names;
  /** Frames and entries that nobody has registered are taken to be registered when the script is loaded. */
  readonly assumed: boolean;
}

/** A sentence that proposes the nearest name, or else lists them. */
export function proposal(word: string, names: Iterable<string>, what: string): string {
  const all = [...names];
  const close = nearest(word, all) ?? all.find((name) => name.toLowerCase() === word.toLowerCase());
  if (close !== undefined) return `Did you mean ${close}?`;
  return all.length === 0 ? '' : `${what}: ${all.slice(0, 24).join(', ')}${all.length > 24 ? ', ...' : '.'}`;
}

/** Names that are known by other words elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  probefunc: 'name',
  func: 'name',
  execname: 'comm',
  timestamp: 'nsecs',
  retval: 'ret',
  arg: 'arg0',
  args: 'arg0',
  syscall: 'name',
  user: 'app',
  vector: 'number',
};

/** What a name stands for: a constant, something about the event, a registered word. Throws ScriptError. */
function nameType(name: string, span: Span, { kinds, names }: Scope): Type {
  const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
  if (constant) return constant.type;
  const named = names.get(name);
  if (named?.kind === 'word') return 'int';
  if (named) throw new ScriptError(`${name} is ${named.kind === 'entry' ? 'an entry' : 'a frame'} and no value`, span);
  const variable = variableNamed(name);
  if (!variable) {
    const other = Object.hasOwn(ELSEWHERE, name) ? `Here it is called ${ELSEWHERE[name]}.` : undefined;
    const known = VARIABLES.filter(({ at }) => at === undefined || kinds.every((kind) => at.includes(kind)));
    const all = [...known.map((row) => row.name), ...Object.keys(CONSTANTS)];
    throw new ScriptError(`there is no ${name}`, span, other ?? proposal(name, all, 'Known here'));
  }
  const { at } = variable;
  const lacks = at === undefined ? undefined : kinds.find((kind) => !at.includes(kind));
  if (lacks)
    throw new ScriptError(
      `${name} is not known at ${KINDS[lacks]}`,
      span,
      `It is known at ${at!.map((kind) => KINDS[kind]).join(', ')}.`,
    );
  return variable.type;
}

/** Kinds of events in the words of messages. */
export const KINDS: Readonly<Record<Kind, string>> = {
  entry: 'syscall:*:entry',
  return: 'syscall:*:return',
  fault: 'fault:*',
  demand: 'demand',
  signal: 'signal:*',
  switch: 'switch',
  tick: 'tick',
  crossing: 'crossing:*',
};

/** The type of an expression. Throws ScriptError where it has none. */
export function typeOf(expression: Expression, scope: Scope): Type {
  switch (expression.kind) {
    case 'number':
      return 'int';
    case 'string':
      return 'string';
    case 'name':
      return nameType(expression.name, expression, scope);
    case 'call':
      return callType(expression, scope);
    case 'unary': {
      const type = typeOf(expression.operand, scope);
      const wanted = expression.operator === '!' ? type === 'bool' : isNumber(type);
      if (!wanted) throw wrong(expression.operand, type, expression.operator === '!' ? 'bool' : 'int');
      return expression.operator === '!' ? 'bool' : 'int';
    }
    case 'binary':
      return binaryType(expression, scope);
  }
}

/** The one function: str(address) or str(address, most). */
function callType({ name, args, start, end }: Expression & { kind: 'call' }, scope: Scope): Type {
  const span = { start, end };
  if (name !== 'str') throw new ScriptError(`there is no function ${name}`, span, proposal(name, ['str'], 'There is'));
  if (args.length < 1 || args.length > 2)
    throw new ScriptError('str takes an address and, if you like, a length', span, 'For example: str(arg0).');
  for (const arg of args) {
    const type = typeOf(arg, scope);
    if (!isNumber(type)) throw wrong(arg, type, 'address');
  }
  return 'string';
}

function binaryType(expression: Expression & { kind: 'binary' }, scope: Scope): Type {
  const { operator, left, right } = expression;
  const a = typeOf(left, scope);
  const b = typeOf(right, scope);
  switch (operator) {
    case '&&':
    case '||':
      if (a !== 'bool') throw wrong(left, a, 'bool');
      if (b !== 'bool') throw wrong(right, b, 'bool');
      return 'bool';
    case '==':
    case '!=':
      if (!alike(a, b)) throw unlike(expression, a, b);
      return 'bool';
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (!isNumber(a)) throw wrong(left, a, 'int');
      if (!isNumber(b)) throw wrong(right, b, 'int');
      return 'bool';
    default:
      if (!isNumber(a)) throw wrong(left, a, 'int');
      if (!isNumber(b)) throw wrong(right, b, 'int');
      if ((operator === '/' || operator === '%') && right.kind === 'number' && right.value === 0)
        throw new ScriptError('a division by zero', right);
      return a === 'address' && (operator === '+' || operator === '-') && b === 'int' ? 'address' : 'int';
  }
}

/** A value of the wrong type, with what was probably meant. */
export function wrong(expression: Expression, found: Type, wanted: Type): ScriptError {
  return new ScriptError(
    `expected ${aType(wanted)}, this is ${aType(found)}`,
    expression,
    remedy(expression, found, wanted),
  );
}

function remedy(expression: Expression, found: Type, wanted: Type): string {
  if (wanted === 'bool' && isNumber(found)) return 'Compare it, for example with != 0.';
  if (wanted === 'bool' && found === 'string') return 'Compare it, for example with == "sh".';
  if (wanted === 'bool' && found === 'mode') return 'Compare it: mode == app.';
  if (found === 'bool' && expression.kind === 'binary')
    return 'Comparisons bind more strongly than & | ^, as in C: use parentheses.';
  return '';
}

function unlike(expression: Expression & { kind: 'binary' }, a: Type, b: Type): ScriptError {
  const bits =
    [expression.left, expression.right].some(({ kind }) => kind === 'binary') && (a === 'bool' || b === 'bool');
  const hint = bits
    ? 'Comparisons bind more strongly than & | ^, as in C: use parentheses.'
    : a === 'mode' || b === 'mode'
      ? 'A mode is app or kernel.'
      : '';
  return new ScriptError(`${aType(a)} and ${aType(b)} are never equal`, expression, hint);
}

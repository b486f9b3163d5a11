/** A checked script becomes functions: one for each clause and kind of event. */

import { type Checked, type CheckedScript, signalNumber } from './checker.ts';
import { constantOf } from './constants.ts';
import { LIMITS } from './limits.ts';
import { MapTable } from './maps.ts';
import type { Kind, Moment } from './moment.ts';
import type { Named, Names } from './names.ts';
import { binaryOf, unaryOf } from './operators.ts';
import { OTHER_CALLS } from './probes.ts';
import type { Action, Expression } from './syntax.ts';
import type { Value } from './types.ts';
import { CONSTANTS, variableNamed } from './variables.ts';
import { verbNamed } from './verbs.ts';

type Read = (moment: Moment) => Value;

/** One clause for one kind of event. */
export interface Compiled {
  readonly kind: Kind;
  /** Its line in the script, from 1, and its text. */
  readonly line: number;
  readonly text: string;
  /** By index of the probe: whether the clause is for it. */
  readonly selects: Uint8Array;
  readonly holds: (moment: Moment) => boolean;
  readonly acts: readonly ((moment: Moment) => void)[];
  /** Uses verbs: it may change the run. */
  readonly changes: boolean;
  /** Ends with the application elsewhere. */
  readonly redirects: boolean;
  /** Leaves a result in `moment.result`. */
  readonly returns: boolean;
}

export interface CompiledScript {
  readonly clauses: readonly Compiled[];
  readonly maps: readonly MapTable[];
}

/** Compiles a script of this text that has been checked with the same names. */
export function compileScript(text: string, { clauses, maps }: CheckedScript, names: Names): CompiledScript {
  const tables = new Map([...maps].map(([name, shape]) => [name, new MapTable(shape)]));
  return {
    clauses: clauses.flatMap((checked) =>
      checked.kinds.map((kind) => compileClause(text, checked, kind, names, tables)),
    ),
    maps: [...tables.values()],
  };
}

function compileClause(
  text: string,
  checked: Checked,
  kind: Kind,
  names: Names,
  maps: ReadonlyMap<string, MapTable>,
): Compiled {
  const { clause, probes, verbs } = checked;
  const selects = new Uint8Array(OTHER_CALLS + 1);
  for (const probe of probes) if (probe.kind === kind) selects[probe.index] = 1;
  const holds = clause.predicate ? compile(clause.predicate, kind, names) : () => true;
  return {
    kind,
    line: text.slice(0, clause.start).split('\n').length,
    text: text.slice(clause.start, clause.end),
    selects,
    holds: holds as (moment: Moment) => boolean,
    acts: clause.actions.map((action) => compileAction(action, kind, names, maps)),
    changes: verbs.length > 0,
    redirects: verbs.some(({ redirects }) => redirects),
    returns: verbs.some(({ name }) => name === 'return'),
  };
}

function compileAction(
  action: Action,
  kind: Kind,
  names: Names,
  maps: ReadonlyMap<string, MapTable>,
): (moment: Moment) => void {
  if (action.kind === 'aggregate') {
    const map = maps.get(action.map)!;
    const keys = action.keys.map((key) => compile(key, kind, names));
    const value = action.args.length > 0 ? compile(action.args[0], kind, names) : () => 1;
    return (moment) =>
      map.add(
        keys.map((key) => key(moment)),
        value(moment) as number,
      );
  }
  const verb = verbNamed(action.kind === 'mode' ? 'mode' : action.verb)!;
  const { run } = verb;
  const given = action.kind === 'mode' ? [action.value] : action.args;
  const args = given.map((arg, n) => {
    const parameter = verb.parameters[n];
    if (parameter === 'frame' || parameter === 'entry') return names.get((arg as Expression & { kind: 'name' }).name)!;
    if (parameter === 'int' || (parameter === 'address' && arg.kind === 'name' && names.has(arg.name)))
      return compile(arg, kind, names);
    return arg.kind === 'name' && parameter === 'signal' ? signalNumber(arg.name)! : (constantOf(arg) as number);
  });
  const [arg] = args;
  if (typeof arg === 'function') return (moment) => run(moment, [arg(moment) as number]);
  const fixed = args as (number | Named)[];
  return (moment) => run(moment, fixed);
}

/** A function that computes an expression of known type. */
function compile(expression: Expression, kind: Kind, names: Names): Read {
  switch (expression.kind) {
    case 'number':
    case 'string': {
      const { value } = expression;
      return () => value;
    }
    case 'name':
      return compileName(expression.name, kind, names);
    case 'call': {
      const [address, most] = expression.args.map((arg) => compile(arg, kind, names));
      return (moment) => stringAt(moment, address(moment) as number, most ? (most(moment) as number) : LIMITS.string);
    }
    case 'unary': {
      const operand = compile(expression.operand, kind, names);
      const apply = unaryOf(expression.operator);
      return (moment) => apply(operand(moment));
    }
    case 'binary':
      return compileBinary(expression, kind, names);
  }
}

function compileName(name: string, kind: Kind, names: Names): Read {
  const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
  if (constant) return () => constant.value;
  const area = names.get(name)?.area;
  if (area) return ({ task }) => task.system.platform.memory.load32(area.physical);
  return variableNamed(name)!.read(kind);
}

function compileBinary(expression: Expression & { kind: 'binary' }, kind: Kind, names: Names): Read {
  const { operator } = expression;
  const left = compile(expression.left, kind, names);
  const right = compile(expression.right, kind, names);
  // The right side is not looked at where the left decides.
  if (operator === '&&') return (moment) => left(moment) && right(moment);
  if (operator === '||') return (moment) => left(moment) || right(moment);
  if (operator === '==') return (moment) => left(moment) === right(moment);
  const apply = binaryOf(operator);
  return (moment) => apply(left(moment), right(moment));
}

/** The string at an address of the thread, as far as it is there; it never brings a page in. */
function stringAt({ task }: Moment, address: number, most: number): string {
  const length = Math.max(0, Math.min(LIMITS.string, most));
  const bytes = task.user.peek(address, length);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
}

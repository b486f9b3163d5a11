/** Checks a parsed script: names, types, what may stand where, bounds. */

import { nearest } from '../abi/nearest.ts';
import { SIGNALS, signalName } from '../abi/signals.ts';
import { AGGREGATES, type Aggregate, aggregateNamed } from './aggregates.ts';
import { constantOf } from './constants.ts';
import { ScriptError, type Span } from './error.ts';
import { LIMITS } from './limits.ts';
import type { Kind } from './moment.ts';
import type { Names } from './names.ts';
import { PROBES, PROVIDERS, type Probe, probesOf } from './probes.ts';
import { KINDS, proposal, type Scope, typeOf, wrong } from './scope.ts';
import type { Action, Clause, Expression, ProbeName } from './syntax.ts';
import { alike, isNumber, type Type } from './types.ts';
import { type Parameter, VERBS, type Verb, verbNamed } from './verbs.ts';

/** A map as all clauses of a script use it. */
export interface MapShape {
  readonly name: string;
  readonly aggregate: Aggregate;
  /** Bounds of lhist. */
  readonly constants: readonly number[];
  readonly keys: readonly Type[];
}

/** A clause that may run. */
export interface Checked {
  readonly clause: Clause;
  /** All events that it is for. */
  readonly probes: readonly Probe[];
  /** Their kinds, each once. */
  readonly kinds: readonly Kind[];
  /** Verbs that it uses. */
  readonly verbs: readonly Verb[];
}

export interface CheckedScript {
  readonly clauses: readonly Checked[];
  readonly maps: ReadonlyMap<string, MapShape>;
}

/**
 * Checks clauses; `names` is what their owner has registered. `assumed`: what he has not is taken to be registered
 * later; such a script can be looked at but not compiled. Throws ScriptError.
 */
export function checkScript(clauses: readonly Clause[], names: Names, assumed = false): CheckedScript {
  const maps = new Map<string, MapShape>();
  return { clauses: clauses.map((clause) => checkClause(clause, names, assumed, maps)), maps };
}

function checkClause(clause: Clause, names: Names, assumed: boolean, maps: Map<string, MapShape>): Checked {
  const probes = [...new Set(clause.probes.flatMap(resolve))];
  const kinds = [...new Set(probes.map(({ kind }) => kind))];
  const scope: Scope = { kinds, names, assumed };
  const { predicate } = clause;
  if (predicate) {
    const type = typeOf(predicate, scope);
    if (type !== 'bool') throw wrong(predicate, type, 'bool');
  }
  const verbs: Verb[] = [];
  for (const action of clause.actions) {
    const last = verbs.at(-1);
    if (action.kind === 'aggregate') checkAggregate(action, scope, maps);
    else {
      const verb = checkVerb(action, scope);
      if (last?.redirects && verb.redirects)
        throw new ScriptError(`${last.name} has already decided where to go on`, action);
      verbs.push(verb);
    }
  }
  return { clause, probes, kinds, verbs };
}

/** The probes of a name; a name that stands for none is a mistake. */
function resolve(name: ProbeName): readonly Probe[] {
  const found = probesOf(name.text);
  const [first, ...parts] = name.text.split(':');
  const provider = PROVIDERS.find((row) => row.name === first);
  if (found.length === 0) throw noProbe(name, first, parts);
  if (provider && parts.length < provider.needed) {
    const whole = parts.length === 0 ? `${first}:*` : name.text;
    throw new ScriptError(`${name.text}: which end of the call?`, name, `Write ${whole}:entry or ${whole}:return.`);
  }
  return found;
}

function noProbe(name: ProbeName, first: string, parts: readonly string[]): ScriptError {
  const provider = PROVIDERS.find((row) => row.name === first);
  const why = `no probe is called ${name.text}`;
  if (!provider) {
    const providers = PROVIDERS.map((row) => row.name);
    const isCall = PROBES.some((probe) => probe.provider === 'syscall' && probe.parts[0] === first);
    const close = nearest(first, providers);
    const meant = isCall ? `syscall:${first}:entry` : close && [close, ...parts].join(':');
    const hint = meant ? `Did you mean ${meant}?` : `Probes begin with ${providers.join(', ')}.`;
    return new ScriptError(why, name, hint);
  }
  if (parts.length > provider.parts.length)
    return new ScriptError(why, name, `It is ${[first, ...provider.parts].join(':')}.`);
  for (let n = 0; n < parts.length; n++) {
    const known = probesOf([first, ...parts.slice(0, n)].join(':')).map((probe) => probe.parts[n] ?? '');
    if (probesOf([first, ...parts.slice(0, n + 1)].join(':')).length > 0) continue;
    const names = [...new Set(known)];
    const close =
      nearest(parts[n], names) ?? names.find((other) => other.toLowerCase().endsWith(parts[n].toLowerCase()));
    const all = [first, ...parts];
    if (close) return new ScriptError(why, name, `Did you mean ${all.with(n + 1, close).join(':')}?`);
    break;
  }
  return new ScriptError(why, name, `See what there is: nestlab ktrace -l '${first}:*'`);
}

function checkVerb(action: Action & { kind: 'verb' | 'mode' }, scope: Scope): Verb {
  const name = action.kind === 'mode' ? 'mode' : action.verb;
  const span = action.kind === 'mode' ? action : action.verbSpan;
  const verb = verbNamed(name);
  if (!verb || (name === 'mode' && action.kind === 'verb')) throw noVerb(name, span);
  const lacks = scope.kinds.find((kind) => !verb.at.includes(kind));
  if (lacks)
    throw new ScriptError(
      `${name} cannot be used at ${KINDS[lacks]}`,
      span,
      `It can at ${verb.at.map((kind) => KINDS[kind]).join(', ')}.`,
    );
  if (action.kind === 'mode') {
    const type = typeOf(action.value, scope);
    if (type !== 'mode')
      throw new ScriptError('a mode is app or kernel', action.value, 'Write mode = app or mode = kernel.');
    constantOf(action.value);
    return verb;
  }
  const { args } = action;
  if (args.length !== verb.parameters.length) {
    const wanted =
      verb.parameters.length === 0 ? 'nothing' : verb.parameters.map((kind) => PARAMETERS[kind]).join(', ');
    throw new ScriptError(`${name} takes ${wanted}`, action);
  }
  for (const [n, kind] of verb.parameters.entries()) checkArgument(name, args[n], kind, scope);
  return verb;
}

const PARAMETERS: Readonly<Record<Parameter, string>> = {
  frame: 'the name of a frame',
  entry: 'the name of an entry',
  int: 'a number',
  constant: 'a number',
  address: 'a number',
  signal: 'a signal',
};

function noVerb(name: string, span: Span): ScriptError {
  if (name === 'mode') return new ScriptError('the mode is assigned', span, 'Write mode = app or mode = kernel.');
  if (aggregateNamed(name))
    return new ScriptError(`${name} fills a map`, span, `Write @ = ${name}(...) or @name[key] = ${name}(...).`);
  const verbs = VERBS.map((verb) => verb.name);
  return new ScriptError(
    `there is no action ${name}`,
    span,
    proposal(name, verbs, 'Actions are maps (@ = count();) and'),
  );
}

function checkArgument(verb: string, arg: Expression, kind: Parameter, scope: Scope): void {
  if (kind === 'frame' || kind === 'entry') {
    checkNamed(verb, arg, kind, scope);
    return;
  }
  if (kind === 'signal' && arg.kind === 'name') {
    if (signalNumber(arg.name) !== undefined) return;
    const names = Object.keys(SIGNALS).map((number) => signalName(Number(number)));
    if (isUnknown(arg, scope))
      throw new ScriptError(`there is no signal ${arg.name}`, arg, proposal(arg.name, names, 'Signals are'));
  }
  const type = typeOf(arg, scope);
  if (!isNumber(type)) throw wrong(arg, type, 'int');
  if (kind === 'address' && isWord(arg, scope)) return;
  if (kind !== 'int') {
    const value = constantOf(arg) as number;
    const bad = CONSTRAINTS[verb]?.(value);
    if (bad) throw new ScriptError(bad, arg);
  }
}

function isWord(arg: Expression, { names }: Scope): boolean {
  return arg.kind === 'name' && names.get(arg.name)?.kind === 'word';
}

function isUnknown(arg: Expression, scope: Scope): boolean {
  try {
    typeOf(arg, scope);
    return false;
  } catch {
    return true;
  }
}

const LAST_SIGNAL = 64;

/** What constants must be. */
const CONSTRAINTS: Readonly<Record<string, (value: number) => string | undefined>> = {
  limit: (value) => {
    if (value >= 2 ** 32 || value < 0) return 'a limit is an address of 32 bits';
    return (value + 1) % 4096 === 0 ? undefined : 'a limit is the last address of a page: it ends in 0xfff';
  },
  ring: (value) => (value === 1 || value === 3 ? undefined : 'a ring is 1 or 3: ring 0 is the host kernel'),
  signal: (value) => (value >= 1 && value <= LAST_SIGNAL ? undefined : `a signal is a number from 1 to ${LAST_SIGNAL}`),
};

/** The number of a signal by name. */
export function signalNumber(name: string): number | undefined {
  const found = Object.keys(SIGNALS).find((number) => signalName(Number(number)) === name);
  return found === undefined ? undefined : Number(found);
}

function checkNamed(verb: string, arg: Expression, kind: 'frame' | 'entry', { names, assumed }: Scope): void {
  const what = kind === 'frame' ? 'a frame' : 'an entry';
  if (arg.kind !== 'name') throw new ScriptError(`${verb} takes the name of ${what}`, arg);
  const named = names.get(arg.name);
  if (named?.kind === kind || (assumed && !named)) return;
  if (named)
    throw new ScriptError(
      `${arg.name} is ${named.kind === 'entry' ? 'an entry' : `a ${named.kind}`}, not ${what}`,
      arg,
    );
  const known = [...names].filter(([, row]) => row.kind === kind).map(([name]) => name);
  const hint =
    known.length > 0
      ? proposal(arg.name, known, 'Registered are')
      : 'Frames and entries are registered by the program that loads the script (ktrace(2)).';
  throw new ScriptError(`${what.replace(/^an? /, 'no ')} is called ${arg.name}`, arg, hint);
}

function checkAggregate(action: Action & { kind: 'aggregate' }, scope: Scope, maps: Map<string, MapShape>): void {
  const aggregate = aggregateNamed(action.how);
  if (!aggregate) {
    const names = AGGREGATES.map((row) => row.name);
    throw new ScriptError(
      `there is no aggregation ${action.how}`,
      action.howSpan,
      proposal(action.how, names, 'There are'),
    );
  }
  const { parameters } = aggregate;
  if (action.args.length !== parameters.length) {
    const hint = parameters.length === 0 ? '' : `It takes ${parameters.join(', ')}.`;
    throw new ScriptError(`${action.how} takes ${parameters.length || 'no'} arguments`, action.howSpan, hint);
  }
  const constants: number[] = [];
  for (const [n, arg] of action.args.entries()) {
    const type = typeOf(arg, scope);
    if (!isNumber(type)) throw wrong(arg, type, 'int');
    if (n > 0) constants.push(constantOf(arg) as number);
  }
  const bad = aggregate.check?.(constants);
  if (bad) throw new ScriptError(bad, action.args[1]);
  const keys = action.keys.map((key) => typeOf(key, scope));
  note({ name: action.map, aggregate, constants, keys }, action, maps);
}

/** Every use of a map must agree with the first. */
function note(shape: MapShape, action: Action & { kind: 'aggregate' }, maps: Map<string, MapShape>): void {
  const first = maps.get(shape.name);
  if (!first) {
    if (maps.size === LIMITS.maps) throw new ScriptError(`more than ${LIMITS.maps} maps`, action.mapSpan);
    maps.set(shape.name, shape);
    return;
  }
  const name = `@${shape.name}`;
  const same = first.aggregate === shape.aggregate && first.constants.every((value, n) => value === shape.constants[n]);
  if (!same) throw new ScriptError(`${name} is filled by another ${first.aggregate.name}() above`, action.howSpan);
  if (first.keys.length !== shape.keys.length)
    throw new ScriptError(
      `${name} has ${first.keys.length || 'no'} keys above, ${shape.keys.length || 'none'} here`,
      action.mapSpan,
    );
  const other = first.keys.findIndex((type, n) => !alike(type, shape.keys[n]));
  if (other >= 0) throw new ScriptError(`this key of ${name} is ${first.keys[other]} above`, action.keys[other]);
}

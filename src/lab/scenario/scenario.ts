/** Scenarios: what is run under which towers, and what must come of it. Files are checked here, and told completely. */
import text from '../../../scenarios/schema.json' with { type: 'json' };
import { nearest } from '../../abi/nearest.ts';
import { chainOf } from '../chain.ts';
import { operationNamed } from '../operations.ts';
import { type Schema, violations, withDefaults } from './schema.ts';
import { whereNotJson } from './syntax.ts';

/** scenarios/schema.json. */
export const SCHEMA = text as Schema;

/** A program, and what must come of it. */
export interface Program {
  readonly argv: readonly string[];
  readonly output?: string;
  readonly status: number;
}

/** What one operation must count, by the names of the columns of a comparison. */
export type Counts = Readonly<Record<string, number>>;

/** A scenario with everything that it leaves to defaults put in. */
export interface Scenario {
  readonly title: string;
  readonly note?: string;
  /** Chains of towers by name: 'native', 'sysemu', 'sysemu/skas'. */
  readonly towers: readonly string[];
  /** Operations by their first names. */
  readonly operations: readonly string[];
  readonly programs: readonly Program[];
  /** By tower, by operation. */
  readonly expect: Readonly<Record<string, Readonly<Record<string, Counts>>>>;
}

/** A scenario as a file has it, checked against the schema, with its defaults. */
interface Written extends Omit<Scenario, 'operations'> {
  readonly depth: number;
  readonly operations?: readonly string[];
}

/** Reads the text of a scenario; an error says what is wrong with it and where, in one line. */
export function readScenario(source: string): Scenario | { readonly error: string } {
  const position = whereNotJson(source);
  if (position >= 0) return { error: notJson(source, position) };
  const value: unknown = JSON.parse(source);
  const [wrong] = violations(value, SCHEMA);
  if (wrong) return { error: wrong };
  return resolve(withDefaults(value, SCHEMA) as Written);
}

/** A place by line and column, and what is wrong there. */
function notJson(source: string, position: number): string {
  const before = source.slice(0, position).split('\n');
  const found = position < source.length ? `unexpected ${JSON.stringify(source[position])}` : 'the end comes too early';
  return `line ${before.length}, column ${before.at(-1)!.length + 1}: not JSON: ${found}`;
}

/** Names become what they stand for; what is expected must be about something that is run. */
function resolve(written: Written): Scenario | { readonly error: string } {
  const { title, note, depth, programs } = written;
  const towers: string[] = [];
  for (const [n, name] of written.towers.entries()) {
    const single = !name.includes('/') && name !== 'native';
    const chain = chainOf(name, single ? depth : undefined);
    if ('error' in chain) return { error: `towers[${n}]: ${chain.error}` };
    towers.push(chain.length === 0 ? name : chain.join('/'));
  }
  const operations = new Set<string>();
  for (const [n, name] of (written.operations ?? []).entries()) {
    const found = operationNamed(name);
    if ('error' in found) return { error: `operations[${n}]: ${found.error}` };
    operations.add(found.name);
  }
  const expect: Record<string, Record<string, Counts>> = {};
  for (const [tower, of] of Object.entries(written.expect)) {
    if (!towers.includes(tower)) return { error: `expect: ${notAmong(tower, towers, 'towers')}` };
    expect[tower] = {};
    for (const [name, counts] of Object.entries(of)) {
      const found = operationNamed(name);
      if ('error' in found) return { error: `expect.${tower}: ${found.error}` };
      if (!written.operations) operations.add(found.name);
      if (!operations.has(found.name))
        return { error: `expect.${tower}: ${notAmong(name, [...operations], 'operations')}` };
      expect[tower][found.name] = counts;
    }
  }
  if (operations.size + programs.length === 0)
    return { error: 'nothing is to be run: name "operations", "programs" or what to "expect"' };
  return { title, ...(note === undefined ? {} : { note }), towers, operations: [...operations], programs, expect };
}

function notAmong(name: string, names: readonly string[], of: string): string {
  const close = nearest(name, names);
  return `${name} is not among the ${of}. ${close ? `Did you mean ${close}?` : `They are: ${names.join(', ')}`}`;
}

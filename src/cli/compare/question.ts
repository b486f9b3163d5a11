/** What `nestlab compare` is asked for, checked. */

import { nearest } from '../../abi/nearest.ts';
import { chainOf, DEEPEST, NATIVE } from '../../lab/chain.ts';
import type { Question } from '../../lab/compare/comparison.ts';
import { ALL_OPERATIONS, OPERATIONS, type Operation, operationNamed } from '../../lab/operations.ts';
import { PROFILES, type Profile } from '../../lab/profiles/profile.ts';
import { TOWERS } from '../../lab/registry.ts';
import { Failure } from '../failure.ts';

/** Words of an option's list; a Failure when there is none. */
function listOf(option: string, text: string, example: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw new Failure(`${option}: the list is empty. Write it as ${example}`);
  return words;
}

/** The question that the options ask. Throws a Failure for what there is not. */
export function questionOf(options: {
  readonly towers: string;
  readonly programs?: string;
  readonly depth: string;
  readonly profile: string;
  readonly baseline: string;
}): Question {
  return {
    towers: listOf('--towers', options.towers, '--towers native,skas').flatMap((glob) => towersLike('--towers', glob)),
    operations: options.programs === undefined ? OPERATIONS : operationsOf(options.programs),
    depths: depthsOf(options.depth),
    baseline: towersLike('--baseline', options.baseline)[0],
    profile: profilesOf(options.profile)[0],
  };
}

/** What matches names as * and ? in a pattern say. */
function patternOf(glob: string): RegExp {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`);
}

/** The towers that a name or a pattern with * and ? names, in the registry's order. */
function towersLike(option: string, glob: string): readonly string[] {
  const all = [NATIVE, ...TOWERS.map(({ name }) => name)];
  const found = all.filter((name) => patternOf(glob).test(name));
  if (found.length > 0) return found;
  if (/[*?]/.test(glob))
    throw new Failure(`${option}: ${glob}: no tower is called so. Choose one of ${all.join(', ')}`);
  const chain = chainOf(glob);
  const close = nearest(glob, all);
  if ('error' in chain && close)
    throw new Failure(`${option}: ${glob}: there is no such tower. Did you mean ${close}?`);
  if ('error' in chain) throw new Failure(`${option}: ${chain.error}`);
  return [glob];
}

function operationsOf(text: string): readonly Operation[] {
  const named = listOf('--programs', text, '--programs null,fault').map((name) => {
    const operation = operationNamed(name);
    if ('error' in operation) throw new Failure(`--programs: ${operation.error}`);
    return operation;
  });
  return ALL_OPERATIONS.filter((operation) => named.includes(operation));
}

/** 'N' is 1 to N, 'A..B' is A to B. */
function depthsOf(text: string): readonly number[] {
  const match = /^(?:(\d+)\.\.)?(\d+)$/.exec(text);
  const [from, to] = match ? [Number(match[1] ?? 1), Number(match[2])] : [0, 0];
  if (from < 1 || to < from || to > DEEPEST)
    throw new Failure(`--depth: "${text}" is not possible. Give the deepest level, 1 to ${DEEPEST}, or a range: 2..3`);
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

/** The profiles of a list of names, or of patterns with * and ?. */
export function profilesOf(text: string): readonly Profile[] {
  const words = listOf('--profile', text, '--profile pentium3-2000,skylake-2016');
  return [...new Set(words.flatMap(profilesLike))];
}

function profilesLike(name: string): readonly Profile[] {
  const found = PROFILES.filter((profile) => patternOf(name).test(profile.name));
  if (found.length > 0) return found;
  const names = PROFILES.map((profile) => profile.name);
  const close = nearest(name, names) ?? names.find((other) => other.startsWith(name));
  throw new Failure(
    `--profile: ${name}: there is no such profile. ${close ? `Did you mean ${close}?` : `Choose one of ${names.join(', ')}`}`,
  );
}

import { tower } from '../../src/lab/registry.ts';

/** Programs that ask for more than an application has where a guest kernel lies in the upper part of its process. */
const WANTS_ALL: Readonly<Record<string, string>> = {
  'memory/map': 'maps 2 GB at a time; an application has 1.75 GB below a guest kernel in its process',
};

/** Programs that show what an access beyond the end of the application's segments is: #GP or #SS without an address, not #PF. */
const SHOWS_LIMIT: Readonly<Record<string, string>> = {
  'behaviour/faults': 'an address above the segments is no page fault',
};

/** Why a program cannot be run under these towers as it can elsewhere; undefined when it can. */
export function cannot(program: string, towers: readonly string[]): string | undefined {
  if (towers.some(endsSegments) && SHOWS_LIMIT[program]) return SHOWS_LIMIT[program];
  return towers.some(sharesProcess) ? WANTS_ALL[program] : undefined;
}

/** Whether segments of an application of this tower end below its kernel. */
function endsSegments(name: string): boolean {
  return name.split('+').includes('segments');
}

/** Whether applications of this tower share a process with its kernel. */
function sharesProcess(name: string): boolean {
  const found = tower(name);
  if (typeof found === 'string') throw new Error(`conformance: ${found}`);
  return found.switching.name !== 'processes';
}

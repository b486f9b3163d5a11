/** Where a mechanism truly makes a difference: lines that say another thing under it, by name, with the reason. */
import type { Tower } from '../../src/guest/tower.ts';
import { tower } from '../../src/lab/registry.ts';

/** What a mechanism changes. */
interface Change {
  readonly why: string;
  readonly concerns: (towers: readonly string[]) => boolean;
  /** By program, whole lines, one or several: as the real kernel has them, and as they are here. */
  readonly lines: Readonly<Record<string, readonly (readonly [real: string, here: string])[]>>;
}

/** What `memory/map` says of as many areas as there may be. */
const AREAS = 'errno = 0\n1\nmunmap((void *)0x40000000, PG) = 0\nareas: exited 0';

const CHANGES: readonly Change[] = [
  {
    why: 'an application has 1.75 GB where a kernel lies above it in its process: 2 GB cannot be mapped at a time',
    concerns: (towers) => towers.some(sharesProcess),
    lines: { 'memory/map': [['1 1', '0 1']] },
  },
  {
    why: 'at depth 3 it has 1.4 GB: as many areas as there may be, 512 MB from 1 GB on, reach into its stack',
    concerns: (towers) => towers.filter(sharesProcess).length > 2,
    lines: { 'memory/map': [[AREAS, 'areas: killed 11']] },
  },
  {
    why: "an access beyond the end of the application's segments is #GP, or #SS on the stack: no page fault, and no address",
    concerns: (towers) => towers.some(endsSegments),
    lines: {
      'native/signal': [
        [
          'signal 11 code 1 trapno 14 err 4 addr fffffffc cr2 fffffffc addr==ip 0 sp_at==sp 1',
          'signal 11 code 128 trapno 13 err 0 addr 0 cr2 12345 addr==ip 0 sp_at==sp 1',
        ],
      ],
      'behaviour/faults': [
        [
          'addresses - read of the highest byte: SIGSEGV code 1 address ffffffff trap 14 error 4',
          'addresses - read of the highest byte: SIGSEGV code 128 address 0 trap 13 error 0',
        ],
        [
          'addresses - write above the highest address: SIGSEGV code 1 address ffffe000 trap 14 error 6',
          'addresses - write above the highest address: SIGSEGV code 128 address 0 trap 13 error 0',
        ],
        [
          "ends - no stack for SIGSEGV's handler: killed by SIGSEGV",
          "ends - no stack for SIGSEGV's handler: killed by SIGBUS",
        ],
      ],
      'behaviour/signals': [['frames_changed - ESP 0: killed by SIGSEGV', 'frames_changed - ESP 0: killed by SIGBUS']],
    },
  },
];

/** What a program is to print under these towers, and why that is not what it prints on the real kernel. */
export function expectation(
  program: string,
  towers: readonly string[],
  real: string,
): { readonly output: string; readonly why: readonly string[] } {
  let output = `\n${real}`;
  const why: string[] = [];
  for (const { why: reason, concerns, lines } of CHANGES) {
    const changed = lines[program];
    if (!changed || !concerns(towers)) continue;
    for (const [from, to] of changed) {
      if (output.split(`\n${from}\n`).length !== 2)
        throw new Error(`${program}: the real kernel does not say once: ${from}`);
      output = output.replace(`\n${from}\n`, () => `\n${to}\n`);
    }
    why.push(reason);
  }
  return { output: output.slice(1), why };
}

/** Whether segments of an application of this tower end below its kernel, or below the host kernel. */
function endsSegments(name: string): boolean {
  return ['segments', 'ring1'].includes(known(name).protection.name);
}

/** Whether applications of this tower share a process with its kernel. */
function sharesProcess(name: string): boolean {
  return known(name).switching.name !== 'processes';
}

function known(name: string): Tower {
  const found = tower(name);
  if (typeof found === 'string') throw new Error(`conformance: ${found}`);
  return found;
}

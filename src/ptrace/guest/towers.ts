import type { Tower } from '../../guest/tower.ts';
import { Processes } from './processes.ts';
import { type Manner, Rounds } from './rounds.ts';

function separate(name: Manner, summary: string): Tower {
  return {
    name,
    summary,
    *build(guest) {
      const switching = new Processes(guest);
      return { switching, delivery: new Rounds(guest, switching, name) };
    },
  };
}

/** The towers that ptrace(2) carries. */
export const PTRACE_TOWERS: readonly Tower[] = [
  separate('skas', 'a process below per address space, stopped at both ends of every call (PTRACE_SYSCALL)'),
  separate('sysemu', 'a process below per address space, stopped once per call (PTRACE_SYSEMU)'),
];

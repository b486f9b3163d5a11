import { APART } from '../../guest/open.ts';
import type { DeliveryChoice, SwitchingChoice } from '../../guest/tower.ts';
import { Processes } from './processes.ts';
import { type Manner, Rounds } from './rounds.ts';

function separate(name: Manner, summary: string): DeliveryChoice {
  return {
    name,
    summary,
    protections: [APART.name],
    switchings: [PROCESSES.name],
    build: (guest, _protection, switching) => new Rounds(guest, switching as Processes, name),
  };
}

/** Switching: a process of the kernel below per address space. */
export const PROCESSES: SwitchingChoice = {
  name: 'processes',
  summary: 'a process below per address space',
  *build(guest) {
    return new Processes(guest);
  },
};

/** Deliveries by ptrace(2) of separate processes. */
export const SKAS = separate(
  'skas',
  'a process below per address space, stopped at both ends of every call (PTRACE_SYSCALL)',
);
export const SYSEMU = separate('sysemu', 'a process below per address space, stopped once per call (PTRACE_SYSEMU)');

import { CS, DS, EFLAGS, EIP, ES, ESP, SS } from '../kernel/platform.ts';
import { AT_AREAS } from './kernel-page.ts';
import type { GuestMemory } from './memory.ts';

/** Save areas of the script, in the kernel page, which applications never see. */
export const AREAS = {
  /** The application's registers, and why it stopped. */
  frame: AT_AREAS,
  /** The guest kernel's registers at `resume`. */
  own: AT_AREAS + 0x60,
  /** Registers with which code begins that leads to the waiting kernel. */
  entry: AT_AREAS + 0xc0,
  /** A signal that came while an application was as good as gone. */
  late: AT_AREAS + 0x120,
} as const;

/** IF, and the bit that is always set. */
const FLAGS = 0x202;

interface Selectors {
  readonly code: number;
  readonly data: number;
  readonly stack: number;
}

/** Fills the area `entry`: where the code is, its stack, the selectors of the ring that it is in and those of data. */
export function setEntry(
  memory: GuestMemory,
  address: number,
  stack: number,
  ring: Selectors,
  { data }: Selectors,
): void {
  const entry = {
    [EIP]: address,
    [ESP]: stack,
    [EFLAGS]: FLAGS,
    [CS]: ring.code,
    [SS]: ring.stack,
    [DS]: data,
    [ES]: data,
  };
  for (const [register, value] of Object.entries(entry)) memory.store32(AREAS.entry + Number(register) * 4, value);
}

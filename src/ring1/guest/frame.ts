import { PAGE } from '../../guest/image.ts';
import type { GuestMemory } from '../../guest/memory.ts';
import {
  CS,
  DS,
  EAX,
  EBP,
  EBX,
  ECX,
  EDI,
  EDX,
  EFLAGS,
  EIP,
  ES,
  ESI,
  ESP,
  FS,
  GS,
  ORIG_EAX,
  SS,
} from '../../kernel/platform.ts';

/**
 * The frame of a gate at the top of the kernel page, from low to high addresses: what GATE_ENTRY pushes in this order
 * backwards (the second ESP is PUSHA's, which POPA passes over), and what the processor has pushed before. ORIG_EAX stands
 * for what is not kept.
 */
const ORDER = [GS, FS, ES, DS, EDI, ESI, EBP, ORIG_EAX, EBX, EDX, ECX, EAX, EIP, CS, EFLAGS, ESP, SS] as const;
const SEGMENTS: ReadonlySet<number> = new Set([GS, FS, ES, DS, CS, SS]);

/** Physical address of the frame: the kernel page is the first frame of physical memory. */
export const GATE_FRAME = PAGE - ORDER.length * 4;
/** What PUSHA stores there is never 0. */
const PUSHED_STACK = GATE_FRAME + ORDER.indexOf(ORIG_EAX) * 4;

/** Lays the registers with which GATE_GO lets an application run. */
export function layFrame(memory: GuestMemory, regs: Int32Array): void {
  for (let n = 0; n < ORDER.length; n++) memory.store32(GATE_FRAME + n * 4, regs[ORDER[n]]);
  memory.store32(PUSHED_STACK, 0);
}

/** The registers of an application, if it came by the gate since `layFrame`. */
export function takeFrame(memory: GuestMemory, regs: Int32Array): boolean {
  if (memory.load32(PUSHED_STACK) === 0) return false;
  for (let n = 0; n < ORDER.length; n++) {
    const word = memory.load32(GATE_FRAME + n * 4);
    regs[ORDER[n]] = SEGMENTS.has(ORDER[n]) ? word & 0xffff : word;
  }
  regs[ORIG_EAX] = -1;
  return true;
}

/** Looking at memory from outside: no rights, no accessed bits, no TLB, no counts. */
import type { Cpu } from './cpu.ts';
import { MAX_LENGTH } from './decode.ts';
import { BASE, CR0, CR3, CR4, CS } from './state.ts';

const CR0_PG = 0x80000000 | 0;
const CR4_PAE = 0x20;
const PRESENT = 1;
const LARGE = 0x80;

/** The physical address of a linear one (SDM 3A, 4.3), or -1 where nothing is mapped or the tables are PAE's. */
export function physicalOf(cpu: Cpu, linear: number): number {
  const { s, memory } = cpu;
  if ((s[CR0] & CR0_PG) === 0) return linear >>> 0 < memory.size ? linear >>> 0 : -1;
  if ((s[CR4] & CR4_PAE) !== 0) return -1;
  const directory = memory.load32(((s[CR3] & ~0xfff) >>> 0) + (linear >>> 22) * 4);
  if ((directory & PRESENT) === 0) return -1;
  let physical: number;
  if ((directory & LARGE) !== 0) physical = ((directory & 0xffc00000) | (linear & 0x3fffff)) >>> 0;
  else {
    const page = memory.load32(((directory & ~0xfff) >>> 0) + ((linear >>> 12) & 0x3ff) * 4);
    if ((page & PRESENT) === 0) return -1;
    physical = ((page & ~0xfff) | (linear & 0xfff)) >>> 0;
  }
  return physical < memory.size ? physical : -1;
}

/** The bytes at CS:`eip`, as many as an instruction may have and are mapped. */
export function codeAt(cpu: Cpu, eip: number): Uint8Array {
  const bytes = new Uint8Array(MAX_LENGTH + 1);
  for (let i = 0; i < bytes.length; i++) {
    const at = physicalOf(cpu, (cpu.s[BASE + CS] + eip + i) | 0);
    if (at < 0) return bytes.slice(0, i);
    bytes[i] = cpu.memory.load8(at);
  }
  return bytes;
}

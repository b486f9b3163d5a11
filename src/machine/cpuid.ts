/** CPUID by model (SDM 2A, CPUID): it announces what the machine has, and nothing else. */
import type { Cpu } from './cpu.ts';
import type { Insn } from './insn.ts';
import type { Model } from './model.ts';
import { EAX, EBX, ECX, EDX } from './state.ts';

/** EAX, EBX, ECX, EDX of one leaf. */
type Leaf = readonly [number, number, number, number];

/** "GenuineIntel" in EBX, EDX, ECX. */
const VENDOR_EBX = 0x756e6547;
const VENDOR_EDX = 0x49656e69;
const VENDOR_ECX = 0x6c65746e;

/** Cache and TLB descriptors of leaf 2 (SDM 2A, table 3-12), of the processors that have the leaf. */
const CACHES: Readonly<Record<string, Leaf>> = {
  // TLBs of 4 KiB and 4 MiB pages; 16 KiB + 16 KiB level 1, 512 KiB level 2.
  pentium2: [0x03020101, 0, 0, 0x0c040843],
  // TLBs; 8 KiB level 1 data, 12 K uops trace cache, 512 KiB level 2, no level 3.
  pentium4: [0x665b5001, 0, 0, 0x007b7040],
};

/** The highest basic leaf of a model. */
function highest(model: Model): number {
  return model.name in CACHES ? 2 : 1;
}

/** The four registers of a leaf; a leaf beyond the highest gives what the highest gives. */
export function leaf(model: Model, number: number): Leaf {
  if (number === 0) return [highest(model), VENDOR_EBX, VENDOR_ECX, VENDOR_EDX];
  if (number === 1 || !(model.name in CACHES)) return [model.signature, 0, 0, model.featureBits];
  return CACHES[model.name];
}

/** CPUID. */
export function cpuid(cpu: Cpu, _insn: Insn): void {
  const s = cpu.s;
  const [eax, ebx, ecx, edx] = leaf(cpu.model, s[EAX] >>> 0);
  s[EAX] = eax;
  s[EBX] = ebx;
  s[ECX] = ecx;
  s[EDX] = edx;
}

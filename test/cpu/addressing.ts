/** ModRM, SIB and displacement of a memory operand that lies where the case wants it. */
import type { Draft } from './draft.ts';

/** Segment override prefixes, and the base of the segment that each selects (undefined = DS, or SS by base register). */
export const OVERRIDES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65] as const;

/** Base address of the segment that an override prefix selects. */
export function segmentBase({ setup, codeBase }: Draft, override: number | undefined): number {
  if (override === 0x64) return setup.fs.base;
  if (override === 0x2e) return codeBase;
  return override === 0x65 ? setup.gs.base : 0;
}

/** ModRM, SIB and displacement bytes, and the offset in the segment that they come to. */
export interface Operand {
  readonly bytes: readonly number[];
  readonly offset: number;
}

/** Encodes a memory operand at segment offset `offset`, or where registers with another purpose already move it. */
export function memoryOperand(draft: Draft, reg: number, offset: number, wide: boolean): Operand {
  return wide ? operand32(draft, reg, offset) : operand16(draft, reg, offset);
}

function operand32(draft: Draft, reg: number, offset: number): Operand {
  const { random, gpr } = draft;
  const mod = random.below(3);
  const rm = random.below(8);
  const sib = rm === 4;
  const scale = random.below(4);
  const index = sib ? random.below(8) : 4;
  const base = sib ? random.below(8) : rm;
  const hasBase = !(mod === 0 && base === 5);
  const hasIndex = sib && index !== 4;
  const displacementSize = !hasBase ? 4 : [0, 1, 4][mod];
  let displacement = displacementSize === 1 ? (random.word() << 24) >> 24 : random.operand();
  if (displacementSize === 0) displacement = 0;

  if (hasIndex) draft.pin(index, random.chance(0.7) ? random.below(64) : random.operand());
  const scaled = hasIndex ? gpr[index] << scale : 0;
  if (!hasBase) displacement = offset - scaled;
  else if (!draft.pin(base, offset - displacement - scaled) && displacementSize === 4) {
    displacement = offset - gpr[base] - scaled;
  }
  const bytes = [(mod << 6) | (reg << 3) | rm];
  if (sib) bytes.push((scale << 6) | (index << 3) | base);
  const actual = (hasBase ? gpr[base] : 0) + (hasIndex ? gpr[index] << scale : 0) + displacement;
  return { bytes: bytes.concat(littleEndian(displacement, displacementSize)), offset: actual | 0 };
}

const BASES16 = [[3, 6], [3, 7], [5, 6], [5, 7], [6], [7], [5], [3]] as const;

function operand16(draft: Draft, reg: number, offset: number): Operand {
  const { random, gpr } = draft;
  const mod = random.below(3);
  const rm = random.below(8);
  const absolute = mod === 0 && rm === 6;
  const displacementSize = absolute ? 2 : mod;
  let displacement = mod === 1 ? (random.word() << 24) >> 24 : random.operand();
  if (displacementSize === 0) displacement = 0;
  let actual = offset;
  if (absolute) displacement = offset;
  else {
    const bases: readonly number[] = BASES16[rm];
    const free = bases.find((register) => !draft.pinned.has(register));
    let sum = displacement;
    for (const register of bases) if (register !== free) sum += gpr[register];
    if (free !== undefined) draft.pin(free, (gpr[free] & ~0xffff) | ((offset - sum) & 0xffff));
    else if (displacementSize === 2) displacement = offset - (sum - displacement);
    actual = displacement;
    for (const register of bases) {
      draft.pinned.add(register);
      actual += gpr[register];
    }
  }
  const bytes = [(mod << 6) | (reg << 3) | rm, ...littleEndian(displacement, displacementSize)];
  return { bytes, offset: actual & 0xffff };
}

/** The low `size` bytes of a value. */
export function littleEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);
}

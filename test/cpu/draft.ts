/** A test case under construction: registers that already have a purpose, patches, and where operands may lie. */
import { layout, type Segment, type Setup } from './oracle.ts';
import type { Random } from './random.ts';

const ESP = 4;

/** Registers, memory and code of a case while it is being made. */
export class Draft {
  readonly random: Random;
  readonly setup: Setup;
  readonly gpr = new Int32Array(8);
  /** Registers that an earlier decision depends on. */
  readonly pinned = new Set<number>();
  readonly patches: number[] = [];
  readonly code: number[] = [];
  readonly offset: number;

  constructor(random: Random, setup: Setup) {
    this.random = random;
    this.setup = setup;
    this.offset = random.below(0xf00);
    for (let i = 0; i < 8; i++) this.gpr[i] = random.operand();
    this.gpr[ESP] = stackPointer(random);
  }

  /** Gives a register a value, unless it has a purpose already; says whether it did. */
  pin(register: number, value: number): boolean {
    if (this.pinned.has(register)) return false;
    this.gpr[register] = value;
    this.pinned.add(register);
    return true;
  }

  /** The lower `size` bytes (1, 2 or 4) of a register operand, as the instruction encodes it. */
  pinOperand(register: number, size: number, value: number): void {
    if (size === 1 && register >= 4) this.pin(register - 4, (this.gpr[register - 4] & ~0xff00) | ((value & 0xff) << 8));
    else this.pin(register, value);
  }

  /** Words to lie at a linear address before the case, as far as the address is in a writable page. */
  patch(address: number, ...values: number[]): void {
    values.forEach((value, i) => {
      const at = (address + 4 * i) >>> 0;
      const inData = at >= layout.data && at <= layout.data + layout.dataSize - 4;
      const inStack = at >= layout.stack && at <= layout.stack + layout.stackSize - 4;
      if (inData || inStack) this.patches.push(at, value);
    });
  }

  /** Base of CS, and its selector. */
  get codeBase(): number {
    return this.setup.code16 === undefined ? 0 : layout.code;
  }
  get codeSelector(): number {
    return this.setup.code16 === undefined ? layout.selectors.cs : layout.selectors.cs16;
  }

  /** EIP of the next instruction byte. */
  get here(): number {
    return layout.code - this.codeBase + this.offset + this.code.length;
  }
}

function stackPointer(random: Random): number {
  const { stack, data, fixed } = layout;
  const kind = random.below(20);
  if (kind < 12) return stack + 0x400 + random.below(0x1800);
  if (kind < 14) return stack + 0x1000 + random.below(16) - 8;
  if (kind === 14) return stack + random.below(40);
  if (kind === 15) return stack + layout.stackSize - random.below(40);
  if (kind === 16) return data + random.below(layout.dataSize);
  if (kind === 17) return fixed + random.below(32) - 8;
  if (kind === 18) return random.operand();
  return stack + 0x1000;
}

/** The first linear address beyond a segment's limit (for one that expands down, the first within). */
function edge({ base, limit, flags }: Segment): number {
  return base + ((flags & 0x10) !== 0 ? (limit + 1) * 0x1000 : limit + 1);
}

/** A linear address for an operand of `size` bytes: in a page, across two, read-only, or faulting. */
export function place({ random, setup }: Draft, size: number): number {
  const { data, fixed, stack } = layout;
  const before = 1 + random.below(size);
  const kind = random.below(32);
  if (kind < 10) return data + random.below(layout.dataSize - 16);
  if (kind < 18) return data + (random.below(layout.dataSize - 528) & ~15);
  if (kind < 21) return data + 0x1000 - before;
  if (kind < 23) return fixed - before;
  if (kind === 23) return fixed + random.below(layout.fixedSize - 16);
  if (kind === 24) return fixed + layout.fixedSize - before;
  if (kind === 25) return data - before;
  if (kind < 28) return stack + random.below(layout.stackSize - 16);
  if (kind === 28) return edge(random.chance(0.5) ? setup.fs : setup.gs) - before;
  if (kind === 29) return fixed + layout.fixedSize + random.below(0x1000);
  if (kind === 30) return random.below(0x10000);
  return random.operand();
}

/** A selector to load: usable ones, null ones, privileged, absent and out of the table. */
export function selector(random: Random): number {
  return random.pick(SELECTORS) | (random.word() & 0xffff0000);
}
const SELECTORS = [
  0x2b, 0x2b, 0x2b, 0x23, 0x0f, 0x17, 0, 1, 2, 3, 0x20, 0x28, 0x29, 0x0c, 0x16, 0x07, 0x63, 0x08, 0x0b, 0x10, 0x18,
  0x1b, 0x70, 0x73, 0x80, 0x83, 0xfff8, 0xffff, 0x1c, 0x1f, 0x27, 0x2f,
];

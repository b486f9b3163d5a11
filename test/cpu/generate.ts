/**
 * Makes random cases of every encoding in the opcode table: all operand forms, prefixes, boundary values, operands across
 * pages and in faulting ones. One case in three is a short stream, whose later instructions see the earlier's flags.
 */

import type { Row } from '../../src/machine/opcodes/row.ts';
import { littleEndian, memoryOperand, segmentBase } from './addressing.ts';
import { Draft, place, selector } from './draft.ts';
import { type Encoding, readTable } from './encoding.ts';
import { leftOut } from './exclusions.ts';
import { double, extended, fxImage, mxcsr, packed, single } from './floats.ts';
import { layout, plainSetup, type Snippet } from './oracle.ts';
import { isDoubleShift, type Prefixes, prefixes } from './prefixes.ts';
import type { Random } from './random.ts';

/** One case: a snippet and what is known of it. */
export interface Case {
  readonly snippet: Snippet;
  readonly encodings: readonly Encoding[];
  /** Offset in the code of each instruction. */
  readonly starts: readonly number[];
  /** Linear address of the last instruction's memory operand, as far as earlier ones have not changed registers. */
  readonly address: number;
  /** It ends with LOOP back to its start. */
  readonly loops: boolean;
  /** Base of CS. */
  readonly codeBase: number;
}

/** Rows whose result is compared in part only. */
const PARTLY = /^(fu?comip?|fxsave)$/;
const AC = 0x40000;
const TF = 0x100;

/** Makes cases from the rows of the opcode table that a user program can execute with equal results everywhere. */
export class Generator {
  readonly encodings: readonly Encoding[];
  /** Those that leave no flag undefined and cannot leave the snippet: they may come before another. */
  private readonly inner: readonly Encoding[];

  /** Cases end with an encoding whose row's name matches `only`. */
  constructor(rows: readonly Row[], only = /^/) {
    const all = readTable(rows).filter(({ row }) => leftOut(row) === undefined);
    this.encodings = all.filter(({ row }) => only.test(row.name));
    this.inner = all.filter(({ row }) => !row.undef && !row.ends && !row.privileged && !PARTLY.test(row.name));
  }

  /** A random case that ends with the encoding of this index, modulo their number. */
  make(random: Random, index: number, setup = plainSetup): Case {
    const encoding = this.encodings[index % this.encodings.length];
    const goesFar = /^(l?(call|jmp|ret)|iret)$/.test(encoding.row.name) || encoding.immediates.includes('Jv');
    const traced = random.chance(0.03) && !goesFar;
    const draft = new Draft(random, setup);
    // The address of an operand that is compared in part has to be known: nothing may come before it.
    const alone = random.chance(0.67) || encoding.row.name === 'fxsave';
    const before = alone ? 0 : 1 + random.below(3);
    const loops = !alone && random.chance(0.15);
    const encodings = Array.from({ length: before }, () => random.pick(this.inner));
    if (!loops) encodings.push(encoding);
    let address = 0;
    const starts: number[] = [];
    for (const each of encodings) {
      starts.push(draft.code.length);
      address = instruction(draft, each);
    }
    if (loops) closeLoop(draft);
    const float = encodings.some(usesFloat);
    const truncated = random.chance(0.02);
    const offset = truncated ? layout.codeSize - 1 - random.below(draft.code.length) : draft.offset;
    const code = Uint8Array.from(draft.code).subarray(0, layout.codeSize - offset);
    return {
      snippet: {
        code,
        offset,
        gpr: new Uint32Array(draft.gpr),
        // IF is always set; AC makes misaligned operands fault, TF traps after the first instruction.
        eflags: 0x202 | (random.word() & 0xcd5) | (random.chance(0.05) ? AC : 0) | (traced ? TF : 0),
        fx: float ? fxImage(random) : undefined,
        wantFx: float,
        patches: Uint32Array.from(draft.patches),
      },
      encodings,
      starts,
      address,
      loops,
      codeBase: draft.codeBase,
    };
  }
}

/** Appends LOOP to the start, with a small count where the body leaves the register alone. */
function closeLoop(draft: Draft): void {
  draft.pin(1, 1 + draft.random.below(12));
  draft.code.push(0xe2, 0xfe - draft.code.length);
}

/** Whether the x87, MMX or SSE state matters to an instruction. */
export function usesFloat({ opcode, operands, row }: Encoding): boolean {
  const first = opcode[0] as number;
  return (
    (first >= 0xd8 && first <= 0xdf) ||
    first === 0x9b ||
    operands.some((o) => /^[PQVWNU][a-z]/.test(o)) ||
    /^(fx|emms|ldmxcsr|stmxcsr)/.test(row.name)
  );
}

/** Appends one instruction to the draft; the linear address of its memory operand, or 0. */
function instruction(draft: Draft, encoding: Encoding): number {
  const { random } = draft;
  const prefix = prefixes(draft, encoding);
  const bytes = [...prefix.bytes, ...encoding.opcode];
  if (encoding.variants !== 1) {
    // The last byte's free bits; for the x87 forms they are ModRM.rm.
    bytes[bytes.length - 1] |= random.below(encoding.variants);
  }
  let address = 0;
  if (isDoubleShift(encoding.row) && prefix.operand === 2) draft.pin(1, (random.word() & ~31) | random.below(17));
  if (encoding.modrm) {
    const reg = encoding.digit ?? regField(random, encoding);
    const memory = encoding.forms === 'memory' || (encoding.forms === 'both' && random.chance(0.6));
    if (memory) {
      const base = segmentBase(draft, prefix.override);
      const wanted = place(draft, operandSize(encoding, prefix.operand));
      const operand = memoryOperand(draft, reg, (wanted - base) | 0, prefix.wide);
      bytes.push(...operand.bytes);
      address = (base + operand.offset) >>> 0;
      if (random.chance(0.8)) fillMemory(draft, encoding, address, prefix.operand);
    } else {
      const rm = random.below(8);
      // MOV to and from control and debug registers ignores the upper two bits.
      const mod = encoding.operands.some((o) => o === 'Cd' || o === 'Dd') ? random.below(4) : 3;
      bytes.push((mod << 6) | (reg << 3) | rm);
      fillRegister(draft, encoding, rm);
    }
  }
  implicit(draft, encoding, prefix);
  const immediates = encoding.immediates.flatMap((kind) => immediate(draft, encoding, kind, prefix));
  draft.code.push(...bytes, ...immediates);
  fixBranch(draft, encoding, prefix, bytes.length + immediates.length);
  return address;
}

function regField(random: Random, { operands }: Encoding): number {
  if (operands.includes('Sw') && random.chance(0.9)) return random.pick([0, 2, 3, 4, 5]);
  return random.below(8);
}

const SIZES: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, q: 8, t: 10, o: 16, p: 6, s: 6, a: 8 };

function operandSize({ operands, row }: Encoding, operand: number): number {
  const memory = operands.find((o) => /^[EMQW]/.test(o)) ?? 'Ev';
  if (/^(fxsave|fxrstor)$/.test(row.name)) return 512;
  if (/^(fn?save|frstor)$/.test(row.name)) return 108;
  if (/^(fn?stenv|fldenv)$/.test(row.name)) return 28;
  return SIZES[memory[1] ?? ''] ?? operand;
}

/** Puts something worth computing with where the memory operand lies. */
function fillMemory(draft: Draft, encoding: Encoding, address: number, operand: number): void {
  const { random } = draft;
  const { row, operands, opcode } = encoding;
  const kind = operands.find((o) => /^[EMQW]/.test(o)) ?? '';
  if (row.name === 'fxrstor') draft.patch(address, ...new Int32Array(fxImage(random).buffer));
  else if (row.name === 'frstor' || row.name === 'fldenv') environment(draft, address, operand);
  else if (row.name === 'ldmxcsr') draft.patch(address, mxcsr(random));
  else if (kind === 'Mp') farPointer(draft, address, operand);
  else if (takesSelector(encoding)) draft.patch(address, selector(random));
  else if (row.ends) draft.patch(address, jumpTarget(draft));
  else if (kind === 'Mt') draft.patch(address, ...extended(random));
  else if (opcode[0] >= 0xd8 && opcode[0] <= 0xdf) {
    if (random.chance(0.4)) draft.patch(address, random.operand(), random.operand());
    else draft.patch(address, ...(kind === 'Mq' ? double(random) : [single(random)]));
  } else if (/^[QWM]/.test(kind)) draft.patch(address, ...packed(random));
  else draft.patch(address, random.operand(), random.operand());
}

const takesSelector = ({ row, operands }: Encoding) =>
  operands.includes('Sw') || /^(verr|verw|lar|lsl)$/.test(row.name);

function environment(draft: Draft, address: number, operand: number): void {
  const { random } = draft;
  const image = new Int32Array(fxImage(random).buffer);
  const tags = random.word() & 0xffff;
  if (operand === 2) draft.patch(address, image[0], tags, 0, 0);
  else draft.patch(address, image[0] & 0xffff, image[0] >>> 16, tags, 0, 0, 0, 0);
}

function fillRegister(draft: Draft, encoding: Encoding, rm: number): void {
  if (takesSelector(encoding)) draft.pin(rm, selector(draft.random));
  else if (encoding.row.ends) draft.pin(rm, jumpTarget(draft));
}

function farPointer(draft: Draft, address: number, operand: number): void {
  const target = jumpTarget(draft);
  const chosen = draft.random.chance(0.4) ? draft.codeSelector : selector(draft.random);
  if (operand === 2) draft.patch(address, (target & 0xffff) | (chosen << 16));
  else draft.patch(address, target, chosen);
}

/** Somewhere to jump to: breakpoints in the code page, data, nothing, and now and then anywhere. */
function jumpTarget(draft: Draft): number {
  const { random } = draft;
  const kind = random.below(10);
  // Far enough behind the snippet that it does not end up in it, nor in the jump that leaves it.
  const base = layout.code - draft.codeBase;
  if (kind < 6) return base + ((draft.offset + 128 + random.below(layout.codeSize - 256)) % layout.codeSize);
  if (kind < 8) return layout.data + random.below(layout.dataSize);
  return kind === 8 ? random.below(0x10000) : random.operand();
}

const STRING = /^(movs|cmps|scas|lods|stos|ins|outs)/;

/** Gives the registers and stack that an instruction uses without naming them something to work on. */
function implicit(draft: Draft, { row, operands }: Encoding, { operand }: Prefixes): void {
  const { random, gpr } = draft;
  const name = row.name;
  if (STRING.test(name)) {
    draft.pin(6, place(draft, 8));
    draft.pin(7, place(draft, 8));
    draft.pin(1, random.chance(0.8) ? random.below(9) : random.below(5000));
  }
  if (/^maskmov/.test(name)) draft.pin(7, place(draft, 16));
  if (name.startsWith('xlat')) draft.pin(3, place(draft, 1) - random.below(256));
  if (/^(leave|enter)/.test(name)) draft.pin(5, place(draft, 4));
  if (/^(cwd|cdq|div|idiv)/.test(name) && random.chance(0.6)) draft.pin(2, random.pick([0, -1, 1]));
  const sp = gpr[4];
  if (/^popf/.test(name)) draft.patch(sp, random.word() & 0x3cffd5);
  if (name.startsWith('pop') && operands.some((o) => /^[CDEFGS]S$/.test(o))) draft.patch(sp, selector(random));
  if (/^(ret|iret|lret)/.test(name)) {
    const chosen = random.chance(0.6) ? draft.codeSelector : selector(random);
    const flags = random.word() & 0x3cbfd5;
    if (operand === 2) draft.patch(sp, (jumpTarget(draft) & 0xffff) | (chosen << 16), flags & 0xffff);
    else draft.patch(sp, jumpTarget(draft), chosen, flags);
  }
}

function immediate(draft: Draft, { row }: Encoding, kind: Encoding['immediates'][number], prefix: Prefixes): number[] {
  const { random } = draft;
  const size = prefix.operand === 2 ? 2 : 4;
  if (kind === 'Ib' && row.name === 'int') return [random.pick([0, 1, 3, 4, 13, 0x7f, 0x81, 0xff])];
  if (isDoubleShift(row) && size === 2) return [(random.word() & 0xe0) | random.below(17)];
  if (kind === 'Ib' || kind === 'Ibs') return [random.operand() & 0xff];
  if (kind === 'Iw') return littleEndian(random.chance(0.7) ? random.below(64) : random.operand(), 2);
  if (kind === 'O') {
    const address = place(draft, size);
    draft.patch(address, random.operand());
    return littleEndian(address - segmentBase(draft, prefix.override), prefix.wide ? 4 : 2);
  }
  if (kind === 'Ap') {
    const chosen = random.chance(0.5) ? draft.codeSelector : selector(random);
    return [...littleEndian(jumpTarget(draft), size), ...littleEndian(chosen, 2)];
  }
  if (kind === 'Jb') return [0];
  return littleEndian(random.operand(), size);
}

/** Gives a relative branch, whose length is now known, a displacement that leaves the snippet or falls to its end. */
function fixBranch(draft: Draft, { immediates }: Encoding, { operand }: Prefixes, length: number): void {
  const { random, code } = draft;
  const kind = immediates[0];
  if (kind !== 'Jb' && kind !== 'Jv') return;
  const size = kind === 'Jb' ? 1 : operand === 2 ? 2 : 4;
  // A few bytes ahead or back would land in the snippet or in the jump behind it; a stream before it makes the snippet longer.
  const margin = draft.code.length - length;
  const far = random.chance(0.5) ? 9 + random.below(119) : -(length + margin + 1 + random.below(128 - length - margin));
  const displacement = random.chance(0.2) ? 0 : kind === 'Jb' ? far : jumpTarget(draft) - draft.here;
  code.splice(code.length - size, size, ...littleEndian(displacement, size));
}

/** What a snippet did, in one form for both processors, and where two results differ. */
import { layout, type Outcome, type Snippet } from './oracle.ts';

export interface Result {
  /** Exception vector; -1 when control left the snippet (at `eip`), -2 when it did not end. */
  vector: number;
  error: number;
  /** #PF: the linear address. */
  address: number;
  readonly gpr: Uint32Array;
  eip: number;
  eflags: number;
  /** DS ES FS GS. */
  readonly selectors: Uint32Array;
  fx: Uint8Array | undefined;
  /** Pairs of address and word. */
  changes: Uint32Array;
}

/** Error code bit of an instruction fetch: our processor has no NX bit and leaves it clear. */
const FETCH = 0x10;

/** What the real processor did, with CS at `codeBase`. */
export function fromOracle(snippet: Snippet, outcome: Outcome, codeBase: number): Result {
  const { gpr, eflags, selectors, fx, changes, trap, error, cr2 } = outcome;
  const vector = outcome.signal === 0 ? -1 : outcome.signal === 26 ? -2 : trap;
  return whetherLeft(
    snippet,
    { vector, error, address: cr2, gpr, eip: outcome.eip, eflags, selectors, fx, changes },
    codeBase,
  );
}

/**
 * Calls the arrival at a breakpoint, an unmapped page or a limit outside of the snippet what it is: leaving the snippet.
 * `codeBase` is the base of CS.
 */
export function whetherLeft(snippet: Snippet, result: Result, codeBase: number): Result {
  const start = layout.code - codeBase + snippet.offset;
  const inside = (eip: number) => eip >= start && eip < start + snippet.code.length;
  if (result.vector === 3 && !inside(result.eip - 1)) {
    result.vector = -1;
    result.eip -= 1;
  } else if (!inside(result.eip)) {
    const fetched = result.vector === 14 && result.address === (result.eip + codeBase) >>> 0;
    if (fetched || (result.vector === 13 && result.error === 0)) result.vector = -1;
  }
  if (result.vector === 14) result.error &= ~FETCH;
  else result.address = 0;
  if (result.vector < 0) result.error = 0;
  return result;
}

/** Bits of each word of an FXSAVE image that a program may rely on: not the pointers, the reserved parts and the padding. */
const FX_MASK = new Int32Array(128);
FX_MASK.set([-1, 0xff, 0, 0, 0, 0, -1, 0]);
for (let i = 0; i < 8; i++) FX_MASK.set([-1, -1, 0xffff, 0], 8 + 4 * i);
FX_MASK.fill(-1, 40, 72);

/** What may differ without anybody being wrong (differences.ts). */
export interface Allowance {
  /** EFLAGS bits. */
  readonly flags: number;
  /** Memory: address and length in bytes of ranges whose contents are not compared. */
  readonly memory: readonly (readonly [address: number, length: number])[];
  /** x87 status-word bits. */
  readonly status: number;
  /** The x87 registers, tags and status word are not compared. */
  readonly x87: boolean;
  /** General registers, as bits by number. */
  readonly registers: number;
  /** Of a page or protection fault only that it happened is compared. */
  readonly anyFault: boolean;
}

type Compare = (what: string, a: number, b: number, mask?: number) => void;

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SELECTORS = ['ds', 'es', 'fs', 'gs'];
const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

/** One line for each way in which the results differ; none when they are equal. */
export function differences(ours: Result, theirs: Result, allowed: Allowance): string[] {
  const lines: string[] = [];
  const compare: Compare = (what, a, b, mask = -1) => {
    if (((a ^ b) & mask) !== 0) lines.push(`${what}: ours ${hex(a & mask)}, the processor's ${hex(b & mask)}`);
  };
  const sameFault = !(allowed.anyFault && isAccessFault(ours) && isAccessFault(theirs));
  if (sameFault && ours.vector !== theirs.vector)
    lines.push(`vector: ours ${ours.vector}, the processor's ${theirs.vector}`);
  if (sameFault) compare('error code', ours.error, theirs.error);
  if (sameFault && ours.vector === 14) compare('fault address', ours.address, theirs.address);
  compare('eip', ours.eip, theirs.eip);
  compare('eflags', ours.eflags, theirs.eflags, ~(allowed.flags | 0x10000));
  for (let i = 0; i < 8; i++)
    if (((allowed.registers >> i) & 1) === 0) compare(REGISTERS[i], ours.gpr[i], theirs.gpr[i]);
  for (let i = 0; i < 4; i++) compare(SELECTORS[i], ours.selectors[i], theirs.selectors[i]);
  if (ours.fx && theirs.fx) compareFx(ours.fx, theirs.fx, allowed, compare);
  compareMemory(ours.changes, theirs.changes, allowed.memory, compare);
  return lines;
}

const isAccessFault = ({ vector }: Result) => (vector >= 12 && vector <= 14) || vector === 17;

function compareFx(a: Uint8Array, b: Uint8Array, allowed: Allowance, compare: Compare): void {
  const ours = new Int32Array(a.buffer, a.byteOffset, 128);
  const theirs = new Int32Array(b.buffer, b.byteOffset, 128);
  for (let i = 0; i < 128; i++) {
    if (allowed.x87 && (i < 6 || (i >= 8 && i < 40))) continue;
    const mask = i === 0 ? ~(allowed.status << 16) : FX_MASK[i];
    if (((ours[i] ^ theirs[i]) & mask) !== 0) compare(`${fxName(i)} (image byte ${4 * i})`, ours[i], theirs[i], mask);
  }
}

function fxName(i: number): string {
  if (i < 8) return ['fsw, fcw', 'tags', '', '', '', '', 'mxcsr', ''][i];
  return i < 40 ? `st${(i - 8) >> 2}` : `xmm${(i - 40) >> 2}`;
}

function compareMemory(a: Uint32Array, b: Uint32Array, ignored: Allowance['memory'], compare: Compare): void {
  const ours = new Map<number, number>();
  const theirs = new Map<number, number>();
  for (let i = 0; i < a.length; i += 2) ours.set(a[i], a[i + 1]);
  for (let i = 0; i < b.length; i += 2) theirs.set(b[i], b[i + 1]);
  for (const address of new Set([...ours.keys(), ...theirs.keys()])) {
    const [x, y] = [ours.get(address), theirs.get(address)];
    if (x === y) continue;
    let mask = 0;
    for (let byte = 0; byte < 4; byte++) {
      const at = address + byte;
      if (!ignored.some(([from, length]) => at >= from && at < from + length)) mask |= 0xff << (8 * byte);
    }
    // What an unchanged word held is not known here: beside ignored bytes it counts as equal.
    if (mask === 0 || (mask !== -1 && (x === undefined || y === undefined))) continue;
    if (x === undefined || y === undefined)
      compare(
        `memory ${hex(address)} changed by ${x === undefined ? 'the processor' : 'ours'} only`,
        x ?? ~y!,
        y ?? ~x!,
        mask,
      );
    else compare(`memory ${hex(address)}`, x, y, mask);
  }
}

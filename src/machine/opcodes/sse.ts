/** SSE and SSE2 floating point: each line gives the forms PS, SS, PD and SD. */

import { nop } from '../integer/move.ts';
import * as arithmetic from '../simd/arithmetic.ts';
import { compareToFlags } from '../simd/compare.ts';
import { reciprocal, reciprocalRoot } from '../simd/estimate.ts';
import * as float from '../simd/float.ts';
import { DOUBLE, SINGLE } from '../simd/format.ts';
import { ldmxcsr, stmxcsr } from '../simd/mxcsr.ts';
import { pand, pandn, por, pxor } from '../simd/packed.ts';
import { onXmm, type Packed } from '../simd/registers.ts';
import { shufpd, shufps, unpack } from '../simd/shuffle.ts';
import * as transfer from '../simd/transfer.ts';
import type { Row } from './row.ts';

const { onAll, onLowest } = float;

function arithmeticRows([code, name, op]: readonly [string, string, arithmetic.Operation]): Row[] {
  return [
    { code: `np 0f ${code}`, name: `${name}ps`, operands: 'Vo,Wo', run: onAll(op.single, 4), cpu: 'sse' },
    { code: `f3 0f ${code}`, name: `${name}ss`, operands: 'Vd,Wd', run: onLowest(op.single, 4), cpu: 'sse' },
    { code: `66 0f ${code}`, name: `${name}pd`, operands: 'Vo,Wo', run: onAll(op.double, 8), cpu: 'sse2' },
    { code: `f2 0f ${code}`, name: `${name}sd`, operands: 'Vq,Wq', run: onLowest(op.double, 8), cpu: 'sse2' },
  ];
}

const ARITHMETIC: readonly (readonly [string, string, arithmetic.Operation])[] = [
  ['51', 'sqrt', arithmetic.sqrt],
  ['58', 'add', arithmetic.add],
  ['59', 'mul', arithmetic.mul],
  ['5c', 'sub', arithmetic.sub],
  ['5d', 'min', arithmetic.min],
  ['5e', 'div', arithmetic.div],
  ['5f', 'max', arithmetic.max],
];

/** Forms that only move bits: PS and PD. */
function bitRows([code, name, ps, pd]: readonly [string, string, Packed, Packed]): Row[] {
  const imm = name === 'shuf' ? ',Ib' : '';
  return [
    { code: `np 0f ${code}`, name: `${name}ps`, operands: `Vo,Wo${imm}`, run: onXmm(ps), cpu: 'sse' },
    { code: `66 0f ${code}`, name: `${name}pd`, operands: `Vo,Wo${imm}`, run: onXmm(pd), cpu: 'sse2' },
  ];
}

const BITS: readonly (readonly [string, string, Packed, Packed])[] = [
  ['14', 'unpckl', unpack(4, false), unpack(8, false)],
  ['15', 'unpckh', unpack(4, true), unpack(8, true)],
  ['54', 'and', pand, pand],
  ['55', 'andn', pandn, pandn],
  ['56', 'or', por, por],
  ['57', 'xor', pxor, pxor],
  ['c6', 'shuf', shufps, shufpd],
];

const COMPARES: readonly Row[] = [
  { code: 'np 0f 2e', name: 'ucomiss', operands: 'Vd,Wd', run: compareToFlags(false, SINGLE), cpu: 'sse' },
  { code: '66 0f 2e', name: 'ucomisd', operands: 'Vq,Wq', run: compareToFlags(false, DOUBLE), cpu: 'sse2' },
  { code: 'np 0f 2f', name: 'comiss', operands: 'Vd,Wd', run: compareToFlags(true, SINGLE), cpu: 'sse' },
  { code: '66 0f 2f', name: 'comisd', operands: 'Vq,Wq', run: compareToFlags(true, DOUBLE), cpu: 'sse2' },
  { code: 'np 0f c2', name: 'cmpps', operands: 'Vo,Wo,Ib', run: float.compareLanes(SINGLE, true), cpu: 'sse' },
  { code: 'f3 0f c2', name: 'cmpss', operands: 'Vd,Wd,Ib', run: float.compareLanes(SINGLE, false), cpu: 'sse' },
  { code: '66 0f c2', name: 'cmppd', operands: 'Vo,Wo,Ib', run: float.compareLanes(DOUBLE, true), cpu: 'sse2' },
  { code: 'f2 0f c2', name: 'cmpsd', operands: 'Vq,Wq,Ib', run: float.compareLanes(DOUBLE, false), cpu: 'sse2' },
  { code: 'np 0f 52', name: 'rsqrtps', operands: 'Vo,Wo', run: onAll(reciprocalRoot, 4), cpu: 'sse' },
  { code: 'f3 0f 52', name: 'rsqrtss', operands: 'Vd,Wd', run: onLowest(reciprocalRoot, 4), cpu: 'sse' },
  { code: 'np 0f 53', name: 'rcpps', operands: 'Vo,Wo', run: onAll(reciprocal, 4), cpu: 'sse' },
  { code: 'f3 0f 53', name: 'rcpss', operands: 'Vd,Wd', run: onLowest(reciprocal, 4), cpu: 'sse' },
];

const { loadXmm, storeXmm, loadScalar, storeScalar, loadHalf, storeHalf, moveHalf, moveSigns } = transfer;

const MOVES: readonly Row[] = [
  { code: 'np 0f 10', name: 'movups', operands: 'Vo,Wo', run: loadXmm(false), cpu: 'sse' },
  { code: 'np 0f 11', name: 'movups', operands: 'Wo,Vo', run: storeXmm(false), cpu: 'sse' },
  { code: '66 0f 10', name: 'movupd', operands: 'Vo,Wo', run: loadXmm(false), cpu: 'sse2' },
  { code: '66 0f 11', name: 'movupd', operands: 'Wo,Vo', run: storeXmm(false), cpu: 'sse2' },
  { code: 'f3 0f 10', name: 'movss', operands: 'Vd,Wd', run: loadScalar(4, false), cpu: 'sse' },
  { code: 'f3 0f 11', name: 'movss', operands: 'Wd,Vd', run: storeScalar(4, false), cpu: 'sse' },
  { code: 'f2 0f 10', name: 'movsd', operands: 'Vq,Wq', run: loadScalar(8, false), cpu: 'sse2' },
  { code: 'f2 0f 11', name: 'movsd', operands: 'Wq,Vq', run: storeScalar(8, false), cpu: 'sse2' },
  { code: 'np 0f 12 m', name: 'movlps', operands: 'Vq,Mq', run: loadHalf(0), cpu: 'sse' },
  { code: 'np 0f 12 r', name: 'movhlps', operands: 'Vq,Uo', run: moveHalf(0, 8), cpu: 'sse' },
  { code: 'np 0f 13 m', name: 'movlps', operands: 'Mq,Vq', run: storeHalf(0), cpu: 'sse' },
  { code: 'np 0f 16 m', name: 'movhps', operands: 'Vq,Mq', run: loadHalf(8), cpu: 'sse' },
  { code: 'np 0f 16 r', name: 'movlhps', operands: 'Vq,Uo', run: moveHalf(8, 0), cpu: 'sse' },
  { code: 'np 0f 17 m', name: 'movhps', operands: 'Mq,Vq', run: storeHalf(8), cpu: 'sse' },
  { code: '66 0f 12 m', name: 'movlpd', operands: 'Vq,Mq', run: loadHalf(0), cpu: 'sse2' },
  { code: '66 0f 13 m', name: 'movlpd', operands: 'Mq,Vq', run: storeHalf(0), cpu: 'sse2' },
  { code: '66 0f 16 m', name: 'movhpd', operands: 'Vq,Mq', run: loadHalf(8), cpu: 'sse2' },
  { code: '66 0f 17 m', name: 'movhpd', operands: 'Mq,Vq', run: storeHalf(8), cpu: 'sse2' },
  { code: 'np 0f 28', name: 'movaps', operands: 'Vo,Wo', run: loadXmm(true), cpu: 'sse' },
  { code: 'np 0f 29', name: 'movaps', operands: 'Wo,Vo', run: storeXmm(true), cpu: 'sse' },
  { code: '66 0f 28', name: 'movapd', operands: 'Vo,Wo', run: loadXmm(true), cpu: 'sse2' },
  { code: '66 0f 29', name: 'movapd', operands: 'Wo,Vo', run: storeXmm(true), cpu: 'sse2' },
  { code: 'np 0f 2b m', name: 'movntps', operands: 'Mo,Vo', run: storeXmm(true), cpu: 'sse' },
  { code: '66 0f 2b m', name: 'movntpd', operands: 'Mo,Vo', run: storeXmm(true), cpu: 'sse2' },
  { code: 'np 0f 50 r', name: 'movmskps', operands: 'Gd,Uo', run: moveSigns(4), cpu: 'sse' },
  { code: '66 0f 50 r', name: 'movmskpd', operands: 'Gd,Uo', run: moveSigns(8), cpu: 'sse2' },
];

/** Ordering and caches have nothing to do here: memory is strongly ordered and there is none. */
const CONTROL: readonly Row[] = [
  { code: 'np 0f ae /2 m', name: 'ldmxcsr', operands: 'Md', run: ldmxcsr, cpu: 'sse' },
  { code: 'np 0f ae /3 m', name: 'stmxcsr', operands: 'Md', run: stmxcsr, cpu: 'sse' },
  { code: 'np 0f ae /7 r', name: 'sfence', operands: '', run: nop, cpu: 'sse' },
  { code: 'np 0f ae /5 r', name: 'lfence', operands: '', run: nop, cpu: 'sse2' },
  { code: 'np 0f ae /6 r', name: 'mfence', operands: '', run: nop, cpu: 'sse2' },
  { code: 'np 0f ae /7 m', name: 'clflush', operands: 'Mb', run: transfer.clflush, cpu: 'sse2' },
];

/** What SSE added to MMX, and SSE2 to both. */
const INTEGER: readonly Row[] = [
  { code: 'np 0f c4 r', name: 'pinsrw', operands: 'Pq,Rd,Ib', run: transfer.pinsrwMmx, cpu: 'sse' },
  { code: 'np 0f c4 m', name: 'pinsrw', operands: 'Pq,Mw,Ib', run: transfer.pinsrwMmx, cpu: 'sse' },
  { code: 'np 0f c5 r', name: 'pextrw', operands: 'Gd,Nq,Ib', run: transfer.pextrwMmx, cpu: 'sse' },
  { code: 'np 0f d7 r', name: 'pmovmskb', operands: 'Gd,Nq', run: transfer.pmovmskbMmx, cpu: 'sse' },
  { code: 'np 0f e7 m', name: 'movntq', operands: 'Mq,Pq', run: transfer.movqFromMmx, cpu: 'sse' },
  { code: 'np 0f f7 r', name: 'maskmovq', operands: 'Pq,Nq', run: transfer.maskmovq, cpu: 'sse' },
];

export const SSE: readonly Row[] = [
  ...ARITHMETIC.flatMap(arithmeticRows),
  ...BITS.flatMap(bitRows),
  ...COMPARES,
  ...MOVES,
  ...CONTROL,
  ...INTEGER,
];

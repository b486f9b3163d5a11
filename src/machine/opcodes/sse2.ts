/** SSE2: integers in XMM registers, and all conversions (those of SSE among them). */
import * as convert from '../simd/convert.ts';
import * as float from '../simd/float.ts';
import { DOUBLE, SINGLE } from '../simd/format.ts';
import { onMmx, onXmm, onXmmByImmediate } from '../simd/registers.ts';
import { pslldq, psrldq } from '../simd/shift.ts';
import * as shuffle from '../simd/shuffle.ts';
import * as transfer from '../simd/transfer.ts';
import type { Row } from './row.ts';

const { convertLanes, convertLowest, fromGeneral, fromMmx, toGeneral, toMmx } = float;
const { dwordToDouble, dwordToSingle, doubleToSingle, singleToDouble, toDwords } = convert;

const CONVERSIONS: readonly Row[] = [
  { code: 'np 0f 2a', name: 'cvtpi2ps', operands: 'Vq,Qq', run: fromMmx(dwordToSingle, 4), cpu: 'sse' },
  { code: '66 0f 2a', name: 'cvtpi2pd', operands: 'Vo,Qq', run: fromMmx(dwordToDouble, 8), cpu: 'sse2' },
  { code: 'f3 0f 2a', name: 'cvtsi2ss', operands: 'Vd,Ed', run: fromGeneral(dwordToSingle, 4), cpu: 'sse' },
  { code: 'f2 0f 2a', name: 'cvtsi2sd', operands: 'Vq,Ed', run: fromGeneral(dwordToDouble, 8), cpu: 'sse2' },
  { code: 'np 0f 2c', name: 'cvttps2pi', operands: 'Pq,Wq', run: toMmx(toDwords(SINGLE, true), 4), cpu: 'sse' },
  { code: '66 0f 2c', name: 'cvttpd2pi', operands: 'Pq,Wo', run: toMmx(toDwords(DOUBLE, true), 8), cpu: 'sse2' },
  { code: 'f3 0f 2c', name: 'cvttss2si', operands: 'Gd,Wd', run: toGeneral(toDwords(SINGLE, true), 4), cpu: 'sse' },
  { code: 'f2 0f 2c', name: 'cvttsd2si', operands: 'Gd,Wq', run: toGeneral(toDwords(DOUBLE, true), 8), cpu: 'sse2' },
  { code: 'np 0f 2d', name: 'cvtps2pi', operands: 'Pq,Wq', run: toMmx(toDwords(SINGLE, false), 4), cpu: 'sse' },
  { code: '66 0f 2d', name: 'cvtpd2pi', operands: 'Pq,Wo', run: toMmx(toDwords(DOUBLE, false), 8), cpu: 'sse2' },
  { code: 'f3 0f 2d', name: 'cvtss2si', operands: 'Gd,Wd', run: toGeneral(toDwords(SINGLE, false), 4), cpu: 'sse' },
  { code: 'f2 0f 2d', name: 'cvtsd2si', operands: 'Gd,Wq', run: toGeneral(toDwords(DOUBLE, false), 8), cpu: 'sse2' },
  { code: 'np 0f 5a', name: 'cvtps2pd', operands: 'Vo,Wq', run: convertLanes(singleToDouble, 4, 8, 2), cpu: 'sse2' },
  { code: '66 0f 5a', name: 'cvtpd2ps', operands: 'Vo,Wo', run: convertLanes(doubleToSingle, 8, 4, 2), cpu: 'sse2' },
  { code: 'f3 0f 5a', name: 'cvtss2sd', operands: 'Vq,Wd', run: convertLowest(singleToDouble, 4, 8), cpu: 'sse2' },
  { code: 'f2 0f 5a', name: 'cvtsd2ss', operands: 'Vd,Wq', run: convertLowest(doubleToSingle, 8, 4), cpu: 'sse2' },
  { code: 'np 0f 5b', name: 'cvtdq2ps', operands: 'Vo,Wo', run: convertLanes(dwordToSingle, 4, 4, 4), cpu: 'sse2' },
  {
    code: '66 0f 5b',
    name: 'cvtps2dq',
    operands: 'Vo,Wo',
    run: convertLanes(toDwords(SINGLE, false), 4, 4, 4),
    cpu: 'sse2',
  },
  {
    code: 'f3 0f 5b',
    name: 'cvttps2dq',
    operands: 'Vo,Wo',
    run: convertLanes(toDwords(SINGLE, true), 4, 4, 4),
    cpu: 'sse2',
  },
  { code: 'f3 0f e6', name: 'cvtdq2pd', operands: 'Vo,Wq', run: convertLanes(dwordToDouble, 4, 8, 2), cpu: 'sse2' },
  {
    code: 'f2 0f e6',
    name: 'cvtpd2dq',
    operands: 'Vo,Wo',
    run: convertLanes(toDwords(DOUBLE, false), 8, 4, 2),
    cpu: 'sse2',
  },
  {
    code: '66 0f e6',
    name: 'cvttpd2dq',
    operands: 'Vo,Wo',
    run: convertLanes(toDwords(DOUBLE, true), 8, 4, 2),
    cpu: 'sse2',
  },
];

const { loadScalar, loadXmm, moveSigns, storeScalar, storeXmm } = transfer;

const MOVES: readonly Row[] = [
  { code: '66 0f 6e', name: 'movd', operands: 'Vd,Ed', run: transfer.movdToXmm, cpu: 'sse2' },
  { code: '66 0f 7e', name: 'movd', operands: 'Ed,Vd', run: transfer.movdFromXmm, cpu: 'sse2' },
  { code: '66 0f 6f', name: 'movdqa', operands: 'Vo,Wo', run: loadXmm(true), cpu: 'sse2' },
  { code: '66 0f 7f', name: 'movdqa', operands: 'Wo,Vo', run: storeXmm(true), cpu: 'sse2' },
  { code: 'f3 0f 6f', name: 'movdqu', operands: 'Vo,Wo', run: loadXmm(false), cpu: 'sse2' },
  { code: 'f3 0f 7f', name: 'movdqu', operands: 'Wo,Vo', run: storeXmm(false), cpu: 'sse2' },
  { code: 'f3 0f 7e', name: 'movq', operands: 'Vq,Wq', run: loadScalar(8, true), cpu: 'sse2' },
  { code: '66 0f d6', name: 'movq', operands: 'Wq,Vq', run: storeScalar(8, true), cpu: 'sse2' },
  { code: 'f3 0f d6 r', name: 'movq2dq', operands: 'Vo,Nq', run: transfer.movq2dq, cpu: 'sse2' },
  { code: 'f2 0f d6 r', name: 'movdq2q', operands: 'Pq,Uo', run: transfer.movdq2q, cpu: 'sse2' },
  { code: '66 0f e7 m', name: 'movntdq', operands: 'Mo,Vo', run: storeXmm(true), cpu: 'sse2' },
  { code: 'np 0f c3 m', name: 'movnti', operands: 'Md,Gd', run: transfer.movnti, cpu: 'sse2' },
  { code: '66 0f f7 r', name: 'maskmovdqu', operands: 'Vo,Uo', run: transfer.maskmovdqu, cpu: 'sse2' },
  { code: '66 0f d7 r', name: 'pmovmskb', operands: 'Gd,Uo', run: moveSigns(1), cpu: 'sse2' },
  { code: '66 0f c4 r', name: 'pinsrw', operands: 'Vo,Rd,Ib', run: transfer.pinsrwXmm, cpu: 'sse2' },
  { code: '66 0f c4 m', name: 'pinsrw', operands: 'Vo,Mw,Ib', run: transfer.pinsrwXmm, cpu: 'sse2' },
  { code: '66 0f c5 r', name: 'pextrw', operands: 'Gd,Uo,Ib', run: transfer.pextrwXmm, cpu: 'sse2' },
];

const SHUFFLES: readonly Row[] = [
  { code: 'np 0f 70', name: 'pshufw', operands: 'Pq,Qq,Ib', run: onMmx(shuffle.pshufw), cpu: 'sse' },
  { code: '66 0f 70', name: 'pshufd', operands: 'Vo,Wo,Ib', run: onXmm(shuffle.pshufd), cpu: 'sse2' },
  { code: 'f3 0f 70', name: 'pshufhw', operands: 'Vo,Wo,Ib', run: onXmm(shuffle.pshufhw), cpu: 'sse2' },
  { code: 'f2 0f 70', name: 'pshuflw', operands: 'Vo,Wo,Ib', run: onXmm(shuffle.pshuflw), cpu: 'sse2' },
  { code: '66 0f 6c', name: 'punpcklqdq', operands: 'Vo,Wo', run: onXmm(shuffle.unpack(8, false)), cpu: 'sse2' },
  { code: '66 0f 6d', name: 'punpckhqdq', operands: 'Vo,Wo', run: onXmm(shuffle.unpack(8, true)), cpu: 'sse2' },
  { code: '66 0f 73 /3 r', name: 'psrldq', operands: 'Uo,Ib', run: onXmmByImmediate(psrldq), cpu: 'sse2' },
  { code: '66 0f 73 /7 r', name: 'pslldq', operands: 'Uo,Ib', run: onXmmByImmediate(pslldq), cpu: 'sse2' },
];

export const SSE2: readonly Row[] = [...CONVERSIONS, ...MOVES, ...SHUFFLES];

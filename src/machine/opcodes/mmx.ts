/** MMX, and the packed integer instructions that SSE2 widens to XMM registers. */
import * as packed from '../simd/packed.ts';
import { onMmx, onMmxByImmediate, onXmm, onXmmByImmediate, type Packed } from '../simd/registers.ts';
import { SHIFTS } from '../simd/shift.ts';
import * as shuffle from '../simd/shuffle.ts';
import * as transfer from '../simd/transfer.ts';
import type { Feature, Row } from './row.ts';

/** Opcode byte after 0F, name, operation, and the feature that brought the MMX form; the XMM form is SSE2's. */
type Line = readonly [code: string, name: string, op: Packed, mmx?: Feature];

const { unpack } = shuffle;

const PACKED: readonly Line[] = [
  ['63', 'packsswb', shuffle.packsswb],
  ['64', 'pcmpgtb', packed.pcmpgtb],
  ['65', 'pcmpgtw', packed.pcmpgtw],
  ['66', 'pcmpgtd', packed.pcmpgtd],
  ['67', 'packuswb', shuffle.packuswb],
  ['68', 'punpckhbw', unpack(1, true)],
  ['69', 'punpckhwd', unpack(2, true)],
  ['6a', 'punpckhdq', unpack(4, true)],
  ['6b', 'packssdw', shuffle.packssdw],
  ['74', 'pcmpeqb', packed.pcmpeqb],
  ['75', 'pcmpeqw', packed.pcmpeqw],
  ['76', 'pcmpeqd', packed.pcmpeqd],
  ['d1', 'psrlw', SHIFTS.psrlw.byOperand],
  ['d2', 'psrld', SHIFTS.psrld.byOperand],
  ['d3', 'psrlq', SHIFTS.psrlq.byOperand],
  ['d4', 'paddq', packed.paddq, 'sse2'],
  ['d5', 'pmullw', packed.pmullw],
  ['d8', 'psubusb', packed.psubusb],
  ['d9', 'psubusw', packed.psubusw],
  ['da', 'pminub', packed.pminub, 'sse'],
  ['db', 'pand', packed.pand],
  ['dc', 'paddusb', packed.paddusb],
  ['dd', 'paddusw', packed.paddusw],
  ['de', 'pmaxub', packed.pmaxub, 'sse'],
  ['df', 'pandn', packed.pandn],
  ['e0', 'pavgb', packed.pavgb, 'sse'],
  ['e1', 'psraw', SHIFTS.psraw.byOperand],
  ['e2', 'psrad', SHIFTS.psrad.byOperand],
  ['e3', 'pavgw', packed.pavgw, 'sse'],
  ['e4', 'pmulhuw', packed.pmulhuw, 'sse'],
  ['e5', 'pmulhw', packed.pmulhw],
  ['e8', 'psubsb', packed.psubsb],
  ['e9', 'psubsw', packed.psubsw],
  ['ea', 'pminsw', packed.pminsw, 'sse'],
  ['eb', 'por', packed.por],
  ['ec', 'paddsb', packed.paddsb],
  ['ed', 'paddsw', packed.paddsw],
  ['ee', 'pmaxsw', packed.pmaxsw, 'sse'],
  ['ef', 'pxor', packed.pxor],
  ['f1', 'psllw', SHIFTS.psllw.byOperand],
  ['f2', 'pslld', SHIFTS.pslld.byOperand],
  ['f3', 'psllq', SHIFTS.psllq.byOperand],
  ['f4', 'pmuludq', packed.pmuludq, 'sse2'],
  ['f5', 'pmaddwd', packed.pmaddwd],
  ['f6', 'psadbw', packed.psadbw, 'sse'],
  ['f8', 'psubb', packed.psubb],
  ['f9', 'psubw', packed.psubw],
  ['fa', 'psubd', packed.psubd],
  ['fb', 'psubq', packed.psubq, 'sse2'],
  ['fc', 'paddb', packed.paddb],
  ['fd', 'paddw', packed.paddw],
  ['fe', 'paddd', packed.paddd],
];

/** The low unpacks read only four bytes of memory in their MMX form. */
const LOW_UNPACKS: readonly Line[] = [
  ['60', 'punpcklbw', unpack(1, false)],
  ['61', 'punpcklwd', unpack(2, false)],
  ['62', 'punpckldq', unpack(4, false)],
];

const IMMEDIATE_SHIFTS: readonly Line[] = [
  ['71 /2', 'psrlw', SHIFTS.psrlw.byImmediate],
  ['71 /4', 'psraw', SHIFTS.psraw.byImmediate],
  ['71 /6', 'psllw', SHIFTS.psllw.byImmediate],
  ['72 /2', 'psrld', SHIFTS.psrld.byImmediate],
  ['72 /4', 'psrad', SHIFTS.psrad.byImmediate],
  ['72 /6', 'pslld', SHIFTS.pslld.byImmediate],
  ['73 /2', 'psrlq', SHIFTS.psrlq.byImmediate],
  ['73 /6', 'psllq', SHIFTS.psllq.byImmediate],
];

function both([code, name, op, mmx = 'mmx']: Line): Row[] {
  return [
    { code: `np 0f ${code}`, name, operands: 'Pq,Qq', run: onMmx(op), cpu: mmx },
    { code: `66 0f ${code}`, name, operands: 'Vo,Wo', run: onXmm(op), cpu: 'sse2' },
  ];
}

function bothLow([code, name, op]: Line): Row[] {
  return [
    { code: `np 0f ${code}`, name, operands: 'Pq,Qd', run: onMmx(op, 4), cpu: 'mmx' },
    { code: `66 0f ${code}`, name, operands: 'Vo,Wo', run: onXmm(op), cpu: 'sse2' },
  ];
}

function bothImmediate([code, name, op]: Line): Row[] {
  return [
    { code: `np 0f ${code} r`, name, operands: 'Nq,Ib', run: onMmxByImmediate(op), cpu: 'mmx' },
    { code: `66 0f ${code} r`, name, operands: 'Uo,Ib', run: onXmmByImmediate(op), cpu: 'sse2' },
  ];
}

const TRANSFERS: readonly Row[] = [
  { code: 'np 0f 6e', name: 'movd', operands: 'Pq,Ed', run: transfer.movdToMmx, cpu: 'mmx' },
  { code: 'np 0f 7e', name: 'movd', operands: 'Ed,Pq', run: transfer.movdFromMmx, cpu: 'mmx' },
  { code: 'np 0f 6f', name: 'movq', operands: 'Pq,Qq', run: transfer.movqToMmx, cpu: 'mmx' },
  { code: 'np 0f 7f', name: 'movq', operands: 'Qq,Pq', run: transfer.movqFromMmx, cpu: 'mmx' },
  { code: 'np 0f 77', name: 'emms', operands: '', run: transfer.emms, cpu: 'mmx' },
];

export const MMX: readonly Row[] = [
  ...PACKED.flatMap(both),
  ...LOW_UNPACKS.flatMap(bothLow),
  ...IMMEDIATE_SHIFTS.flatMap(bothImmediate),
  ...TRANSFERS,
];

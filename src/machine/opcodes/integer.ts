/** Integer instructions: moves, arithmetic, logic, shifts, bits, the stack. */
import * as alu from '../integer/alu.ts';
import * as bits from '../integer/bits.ts';
import * as decimal from '../integer/decimal.ts';
import * as exchange from '../integer/exchange.ts';
import * as flag from '../integer/flag.ts';
import { flagsOfE, flagsOfEAndImmediate, flagsOfG, onE, toE, toEFromImmediate, toG } from '../integer/forms.ts';
import * as move from '../integer/move.ts';
import * as multiply from '../integer/multiply.ts';
import * as shift from '../integer/shift.ts';
import * as stack from '../integer/stack.ts';
import type { Row, Run } from './row.ts';

/** The SDM's two hexadecimal digits of an opcode byte. */
function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** What the ten encodings of one of ADD..CMP share. */
interface Arithmetic {
  readonly name: string;
  readonly eg: Run;
  readonly ge: Run;
  readonly ei: Run;
  readonly lock?: true;
  readonly undef?: string;
}

function writing(name: string, op: alu.Binary, undef?: string): Arithmetic {
  return { name, eg: toE(op), ge: toG(op), ei: toEFromImmediate(op), lock: true, ...(undef && { undef }) };
}

/** In the order of the opcode's bits 5..3 and of ModRM.reg in group 1. */
const ARITHMETIC: readonly Arithmetic[] = [
  writing('add', alu.add),
  writing('or', alu.or, 'a'),
  writing('adc', alu.adc),
  writing('sbb', alu.sbb),
  writing('and', alu.and, 'a'),
  writing('sub', alu.sub),
  writing('xor', alu.xor, 'a'),
  { name: 'cmp', eg: flagsOfE(alu.sub), ge: flagsOfG(alu.sub), ei: flagsOfEAndImmediate(alu.sub) },
];

function arithmeticRows({ name, eg, ge, ei, lock, undef }: Arithmetic, i: number): Row[] {
  const may = { ...(undef && { undef }) };
  const memory = { ...may, ...(lock && { lock }) };
  return [
    { code: hex(i * 8), name, operands: 'Eb,Gb', run: eg, ...memory },
    { code: hex(i * 8 + 1), name, operands: 'Ev,Gv', run: eg, ...memory },
    { code: hex(i * 8 + 2), name, operands: 'Gb,Eb', run: ge, ...may },
    { code: hex(i * 8 + 3), name, operands: 'Gv,Ev', run: ge, ...may },
    { code: hex(i * 8 + 4), name, operands: 'AL,Ib', run: ei, ...may },
    { code: hex(i * 8 + 5), name, operands: 'eAX,Iv', run: ei, ...may },
    { code: `80 /${i}`, name, operands: 'Eb,Ib', run: ei, ...memory },
    { code: `81 /${i}`, name, operands: 'Ev,Iv', run: ei, ...memory },
    { code: `82 /${i}`, name, operands: 'Eb,Ib', run: ei, ...memory },
    { code: `83 /${i}`, name, operands: 'Ev,Ibs', run: ei, ...memory },
  ];
}

/** In the order of ModRM.reg in group 2; SHL has two encodings. */
const SHIFTS: readonly (readonly [string, alu.Binary, string])[] = [
  ['rol', shift.rol, ''],
  ['ror', shift.ror, ''],
  ['rcl', shift.rcl, ''],
  ['rcr', shift.rcr, ''],
  ['shl', shift.shl, 'a'],
  ['shr', shift.shr, 'a'],
  ['shl', shift.shl, 'a'],
  ['sar', shift.sar, 'a'],
];

function shiftRows([name, op, undef]: readonly [string, alu.Binary, string], i: number): Row[] {
  // OF is defined for a count of 1 only. CF of SHL and SHR beyond the operand's size is 0 in every processor.
  const one = { name, run: shift.byOne(op), ...(undef && { undef }) };
  const counted = { name, undef: `${undef}o` };
  return [
    { code: `d0 /${i}`, operands: 'Eb,1', ...one },
    { code: `d1 /${i}`, operands: 'Ev,1', ...one },
    { code: `c0 /${i}`, operands: 'Eb,Ib', run: shift.byImmediate(op), ...counted },
    { code: `c1 /${i}`, operands: 'Ev,Ib', run: shift.byImmediate(op), ...counted },
    { code: `d2 /${i}`, operands: 'Eb,CL', run: shift.byCL(op), ...counted },
    { code: `d3 /${i}`, operands: 'Ev,CL', run: shift.byCL(op), ...counted },
  ];
}

const test = flagsOfEAndImmediate(alu.and);
const product = { undef: 'szap' };
const division = { undef: 'oszapc' };

/** Group 3; /1 is an undocumented second encoding of TEST that every processor has. */
const UNARY: readonly Row[] = [
  { code: 'f6 /0', name: 'test', operands: 'Eb,Ib', run: test, undef: 'a' },
  { code: 'f7 /0', name: 'test', operands: 'Ev,Iv', run: test, undef: 'a' },
  { code: 'f6 /1', name: 'test', operands: 'Eb,Ib', run: test, undef: 'a' },
  { code: 'f7 /1', name: 'test', operands: 'Ev,Iv', run: test, undef: 'a' },
  { code: 'f6 /2', name: 'not', operands: 'Eb', run: onE(alu.not), lock: true },
  { code: 'f7 /2', name: 'not', operands: 'Ev', run: onE(alu.not), lock: true },
  { code: 'f6 /3', name: 'neg', operands: 'Eb', run: onE(alu.neg), lock: true },
  { code: 'f7 /3', name: 'neg', operands: 'Ev', run: onE(alu.neg), lock: true },
  { code: 'f6 /4', name: 'mul', operands: 'Eb', run: multiply.mulE, ...product },
  { code: 'f7 /4', name: 'mul', operands: 'Ev', run: multiply.mulE, ...product },
  { code: 'f6 /5', name: 'imul', operands: 'Eb', run: multiply.imulE, ...product },
  { code: 'f7 /5', name: 'imul', operands: 'Ev', run: multiply.imulE, ...product },
  { code: 'f6 /6', name: 'div', operands: 'Eb', run: multiply.divE, ...division },
  { code: 'f7 /6', name: 'div', operands: 'Ev', run: multiply.divE, ...division },
  { code: 'f6 /7', name: 'idiv', operands: 'Eb', run: multiply.idivE, ...division },
  { code: 'f7 /7', name: 'idiv', operands: 'Ev', run: multiply.idivE, ...division },
  { code: '0f af', name: 'imul', operands: 'Gv,Ev', run: multiply.imulGE, ...product },
  { code: '69', name: 'imul', operands: 'Gv,Ev,Iv', run: multiply.imulGEI, ...product },
  { code: '6b', name: 'imul', operands: 'Gv,Ev,Ibs', run: multiply.imulGEI, ...product },
  { code: '40+r', name: 'inc', operands: 'Zv', run: onE(alu.inc) },
  { code: '48+r', name: 'dec', operands: 'Zv', run: onE(alu.dec) },
  { code: 'fe /0', name: 'inc', operands: 'Eb', run: onE(alu.inc), lock: true },
  { code: 'ff /0', name: 'inc', operands: 'Ev', run: onE(alu.inc), lock: true },
  { code: 'fe /1', name: 'dec', operands: 'Eb', run: onE(alu.dec), lock: true },
  { code: 'ff /1', name: 'dec', operands: 'Ev', run: onE(alu.dec), lock: true },
  { code: '84', name: 'test', operands: 'Eb,Gb', run: flagsOfE(alu.and), undef: 'a' },
  { code: '85', name: 'test', operands: 'Ev,Gv', run: flagsOfE(alu.and), undef: 'a' },
  { code: 'a8', name: 'test', operands: 'AL,Ib', run: test, undef: 'a' },
  { code: 'a9', name: 'test', operands: 'eAX,Iv', run: test, undef: 'a' },
];

const MOVES: readonly Row[] = [
  { code: '88', name: 'mov', operands: 'Eb,Gb', run: move.movEG },
  { code: '89', name: 'mov', operands: 'Ev,Gv', run: move.movEG },
  { code: '8a', name: 'mov', operands: 'Gb,Eb', run: move.movGE },
  { code: '8b', name: 'mov', operands: 'Gv,Ev', run: move.movGE },
  { code: 'a0', name: 'mov', operands: 'AL,Ob', run: move.movAccumulatorO },
  { code: 'a1', name: 'mov', operands: 'eAX,Ov', run: move.movAccumulatorO },
  { code: 'a2', name: 'mov', operands: 'Ob,AL', run: move.movOAccumulator },
  { code: 'a3', name: 'mov', operands: 'Ov,eAX', run: move.movOAccumulator },
  { code: 'b0+r', name: 'mov', operands: 'Zb,Ib', run: move.movEI },
  { code: 'b8+r', name: 'mov', operands: 'Zv,Iv', run: move.movEI },
  { code: 'c6 /0', name: 'mov', operands: 'Eb,Ib', run: move.movEI },
  { code: 'c7 /0', name: 'mov', operands: 'Ev,Iv', run: move.movEI },
  { code: '8d m', name: 'lea', operands: 'Gv,M', run: move.lea },
  { code: '0f b6', name: 'movzx', operands: 'Gv,Eb', run: move.movzx(1) },
  { code: '0f b7', name: 'movzx', operands: 'Gv,Ew', run: move.movzx(2) },
  { code: '0f be', name: 'movsx', operands: 'Gv,Eb', run: move.movsx(1) },
  { code: '0f bf', name: 'movsx', operands: 'Gv,Ew', run: move.movsx(2) },
  { code: '0f 40+cc', name: 'cmov', operands: 'Gv,Ev', run: move.cmov, cpu: 'cmov' },
  { code: '0f 90+cc', name: 'set', operands: 'Eb', run: move.setcc },
  { code: '98', name: 'cbw', operands: '', run: move.cbw },
  { code: '99', name: 'cwd', operands: '', run: move.cwd },
  { code: 'd7', name: 'xlat', operands: '', run: move.xlat },
  { code: '86', name: 'xchg', operands: 'Eb,Gb', run: exchange.xchgEG, lock: true },
  { code: '87', name: 'xchg', operands: 'Ev,Gv', run: exchange.xchgEG, lock: true },
  { code: '90', name: 'nop', operands: '', run: move.nop },
  { code: '90+r', name: 'xchg', operands: 'Zv,eAX', run: exchange.xchgZAccumulator },
  { code: '0f c0', name: 'xadd', operands: 'Eb,Gb', run: exchange.xadd, cpu: '486', lock: true },
  { code: '0f c1', name: 'xadd', operands: 'Ev,Gv', run: exchange.xadd, cpu: '486', lock: true },
  { code: '0f b0', name: 'cmpxchg', operands: 'Eb,Gb', run: exchange.cmpxchg, cpu: '486', lock: true },
  { code: '0f b1', name: 'cmpxchg', operands: 'Ev,Gv', run: exchange.cmpxchg, cpu: '486', lock: true },
  { code: '0f c7 /1 m', name: 'cmpxchg8b', operands: 'Mq', run: exchange.cmpxchg8b, cpu: 'cx8', lock: true },
  { code: '0f c8+r', name: 'bswap', operands: 'Zv', run: bits.bswap, cpu: '486' },
];

const STACK: readonly Row[] = [
  { code: '50+r', name: 'push', operands: 'Zv', run: stack.pushE },
  { code: '58+r', name: 'pop', operands: 'Zv', run: stack.popRegister },
  { code: '68', name: 'push', operands: 'Iv', run: stack.pushImmediate },
  { code: '6a', name: 'push', operands: 'Ibs', run: stack.pushImmediate },
  { code: 'ff /6', name: 'push', operands: 'Ev', run: stack.pushE },
  { code: '8f /0', name: 'pop', operands: 'Ev', run: stack.popE },
  { code: '60', name: 'pusha', operands: '', run: stack.pusha },
  { code: '61', name: 'popa', operands: '', run: stack.popa },
  { code: '9c', name: 'pushf', operands: '', run: stack.pushf },
  { code: 'c8', name: 'enter', operands: 'Iw,Ib', run: stack.enter },
  { code: 'c9', name: 'leave', operands: '', run: stack.leave },
];

const FLAGS: readonly Row[] = [
  { code: 'f5', name: 'cmc', operands: '', run: flag.cmc },
  { code: 'f8', name: 'clc', operands: '', run: flag.clc },
  { code: 'f9', name: 'stc', operands: '', run: flag.stc },
  { code: 'fc', name: 'cld', operands: '', run: flag.cld },
  { code: 'fd', name: 'std', operands: '', run: flag.std },
  { code: '9e', name: 'sahf', operands: '', run: flag.sahf },
  { code: '9f', name: 'lahf', operands: '', run: flag.lahf },
  { code: 'd6', name: 'salc', operands: '', run: flag.salc },
  { code: '27', name: 'daa', operands: '', run: decimal.daa, undef: 'o' },
  { code: '2f', name: 'das', operands: '', run: decimal.das, undef: 'o' },
  { code: '37', name: 'aaa', operands: '', run: decimal.aaa, undef: 'oszp' },
  { code: '3f', name: 'aas', operands: '', run: decimal.aas, undef: 'oszp' },
  { code: 'd4', name: 'aam', operands: 'Ib', run: decimal.aam, undef: 'oac' },
  { code: 'd5', name: 'aad', operands: 'Ib', run: decimal.aad, undef: 'oac' },
];

const { bitTest, bitChange, setBit, resetBit, complementBit } = bits;
const tested = { undef: 'osap' };

const BITS: readonly Row[] = [
  { code: '0f a3', name: 'bt', operands: 'Ev,Gv', run: bitTest('register'), ...tested },
  { code: '0f ab', name: 'bts', operands: 'Ev,Gv', run: bitChange(setBit, 'register'), lock: true, ...tested },
  { code: '0f b3', name: 'btr', operands: 'Ev,Gv', run: bitChange(resetBit, 'register'), lock: true, ...tested },
  { code: '0f bb', name: 'btc', operands: 'Ev,Gv', run: bitChange(complementBit, 'register'), lock: true, ...tested },
  { code: '0f ba /4', name: 'bt', operands: 'Ev,Ib', run: bitTest('immediate'), ...tested },
  { code: '0f ba /5', name: 'bts', operands: 'Ev,Ib', run: bitChange(setBit, 'immediate'), lock: true, ...tested },
  { code: '0f ba /6', name: 'btr', operands: 'Ev,Ib', run: bitChange(resetBit, 'immediate'), lock: true, ...tested },
  {
    code: '0f ba /7',
    name: 'btc',
    operands: 'Ev,Ib',
    run: bitChange(complementBit, 'immediate'),
    lock: true,
    ...tested,
  },
  { code: '0f bc', name: 'bsf', operands: 'Gv,Ev', run: bits.bsf, undef: 'osapc' },
  { code: '0f bd', name: 'bsr', operands: 'Gv,Ev', run: bits.bsr, undef: 'osapc' },
  { code: '0f a4', name: 'shld', operands: 'Ev,Gv,Ib', run: shift.doubleShift(shift.shld, false), undef: 'oa' },
  { code: '0f a5', name: 'shld', operands: 'Ev,Gv,CL', run: shift.doubleShift(shift.shld, true), undef: 'oa' },
  { code: '0f ac', name: 'shrd', operands: 'Ev,Gv,Ib', run: shift.doubleShift(shift.shrd, false), undef: 'oa' },
  { code: '0f ad', name: 'shrd', operands: 'Ev,Gv,CL', run: shift.doubleShift(shift.shrd, true), undef: 'oa' },
];

/**
 * Encodings that the P6 family takes for NOPs with an operand that is not touched (SDM vol. 2B, NOP); those that became
 * PREFETCHh stay NOPs where there is no cache.
 */
const HINTS: readonly Row[] = [
  ...['prefetchnta', 'prefetcht0', 'prefetcht1', 'prefetcht2'].map((name, i) => hint(`18 /${i} m`, name, 'Mb')),
  ...['18', '19', '1a', '1b', '1c', '1d', '1e', '1f'].map((byte) => hint(byte, 'nop', 'Ev')),
];

function hint(code: string, name: string, operands: string): Row {
  return { code: `0f ${code}`, name, operands, run: move.nop, cpu: 'cmov' };
}

export const INTEGER: readonly Row[] = [
  ...ARITHMETIC.flatMap(arithmeticRows),
  ...SHIFTS.flatMap(shiftRows),
  ...UNARY,
  ...MOVES,
  ...STACK,
  ...FLAGS,
  ...BITS,
  ...HINTS,
];

/** Operands of a decoded instruction as Intel syntax writes them, by the letters of the opcode table. */
import type { Insn } from './insn.ts';
import { DS, EBP, ES, ESP, SS, ZERO } from './state.ts';

export const REGISTERS8 = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
export const REGISTERS16 = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
export const REGISTERS32 = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
export const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];

/** How a memory operand of so many bytes is introduced. */
const POINTERS: Readonly<Record<number, string>> = {
  1: 'BYTE PTR ',
  2: 'WORD PTR ',
  4: 'DWORD PTR ',
  6: 'FWORD PTR ',
  8: 'QWORD PTR ',
  10: 'TBYTE PTR ',
  16: 'XMMWORD PTR ',
};

/** Bytes of a memory operand by the second letter, where it does not follow the operand size. */
const BYTES: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, q: 8, t: 10, o: 16, p: 6 };

/** Where the operand stands: a segment override (-1 = none), the address of the next instruction, which immediate. */
export interface Place {
  readonly override: number;
  readonly next: number;
  readonly which: number;
}

function register(n: number, size: number): string {
  return (size === 1 ? REGISTERS8 : size === 2 ? REGISTERS16 : REGISTERS32)[n];
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** Size in bytes of an operand whose second letter is `letter`. */
function sizeOf(letter: string, insn: Insn): number {
  if (letter === 'v' || letter === '') return insn.size;
  if (letter === 'a') return insn.size * 2;
  return BYTES[letter] ?? insn.size;
}

/** What stands between the brackets. */
function address(insn: Insn): string {
  const names = insn.asize === 4 ? REGISTERS32 : REGISTERS16;
  const parts: string[] = [];
  if (insn.base !== ZERO) parts.push(names[insn.base]);
  if (insn.index !== ZERO) parts.push(names[insn.index] + (insn.asize === 4 ? `*${1 << insn.scale}` : ''));
  const registers = parts.join('+');
  if (registers === '') return hex(insn.asize === 4 ? insn.disp : insn.disp & 0xffff);
  if (insn.disp === 0) return registers;
  return `${registers}${insn.disp < 0 ? '-' : '+'}${hex(Math.abs(insn.disp))}`;
}

function memory(insn: Insn, bytes: number, place: Place): string {
  const pointer = POINTERS[bytes] ?? '';
  const implied = insn.base === EBP || insn.base === ESP ? SS : DS;
  const absolute = insn.base === ZERO && insn.index === ZERO;
  const shown = place.override >= 0 || absolute;
  const seg = shown ? `${SEGMENTS[place.override >= 0 ? place.override : implied]}:` : '';
  return absolute ? `${pointer}${seg}${address(insn)}` : `${pointer}${seg}[${address(insn)}]`;
}

/** A string operand at `name`: ESI or EDI by the address size. */
function string(insn: Insn, seg: number, name: string, bytes: number): string {
  return `${POINTERS[bytes]}${SEGMENTS[seg]}:[${insn.asize === 4 ? 'e' : ''}${name}]`;
}

function immediate(letter: string, insn: Insn, place: Place): string {
  const value = place.which === 0 ? insn.imm : insn.imm2;
  if (letter === 'Ib') return hex(value & 0xff);
  if (letter === 'Iw' || insn.size === 2) return hex(value & 0xffff);
  return hex(insn.size === 1 ? value & 0xff : value);
}

/** Text of the operand `letter` (see Row.operands); '' where Intel syntax leaves it out. */
export function formatOperand(letter: string, insn: Insn, place: Place): string {
  const kind = letter[0];
  const size = sizeOf(letter.slice(1), insn);
  switch (letter) {
    case 'AL':
    case 'CL':
    case 'AX':
    case 'DX':
    case '1':
    case '3':
      return letter.toLowerCase();
    case 'eAX':
      return register(0, insn.size);
    case 'Sw':
      return SEGMENTS[insn.reg] ?? '?';
    case 'ST':
      return 'st';
    case 'STi':
      return `st(${insn.rm})`;
    case 'Xlat':
      return string(insn, place.override >= 0 ? place.override : DS, 'bx', 1);
  }
  if (SEGMENTS.includes(letter.toLowerCase())) return letter.toLowerCase();
  switch (kind) {
    case 'E':
    case 'R':
      return insn.mem ? memory(insn, size, place) : register(insn.rm, size);
    case 'G':
      return register(insn.reg, size);
    case 'Z':
      return register(insn.rm, size);
    case 'M':
      return memory(insn, letter === 'M' || letter === 'Ms' ? 0 : size, place);
    case 'O':
      return memory(insn, 0, place);
    case 'I':
      return immediate(letter, insn, place);
    case 'J':
      return hex(insn.size === 2 ? (place.next + insn.imm) & 0xffff : place.next + insn.imm);
    case 'A':
      return `${hex(insn.imm2)}:${hex(insn.imm)}`;
    case 'C':
      return `cr${insn.reg}`;
    case 'D':
      return `db${insn.reg}`;
    case 'X':
      return string(insn, place.override >= 0 ? place.override : DS, 'si', size);
    case 'Y':
      return string(insn, ES, 'di', size);
    case 'P':
      return `mm${insn.reg}`;
    case 'V':
      return `xmm${insn.reg}`;
    case 'Q':
      return insn.mem ? memory(insn, size, place) : `mm${insn.rm}`;
    case 'W':
      return insn.mem ? memory(insn, size, place) : `xmm${insn.rm}`;
    case 'N':
      return `mm${insn.rm}`;
    case 'U':
      return `xmm${insn.rm}`;
    default:
      throw new Error(`disassemble: ${insn.row.code} ${insn.row.name}: unknown operand letter ${letter}`);
  }
}

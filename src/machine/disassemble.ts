/** From bytes to text in Intel syntax, driven by the opcode table like the decoder. */
import { decode, MAX_LENGTH } from './decode.ts';
import { type Insn, REP, REPNE } from './insn.ts';
import type { Model } from './model.ts';
import { MODELS } from './model.ts';
import { formatOperand } from './operand-text.ts';

/** One disassembled instruction. */
export interface Line {
  readonly address: number;
  /** Length in bytes, at least 1. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** For example `add eax,DWORD PTR [ebx+0x10]`; `(bad)` where the model has no such instruction. */
  readonly text: string;
}

/** Names that depend on the operand size: with 2 bytes, with 4 bytes. */
const BY_SIZE: Readonly<Record<string, readonly [string, string]>> = {
  cbw: ['cbw', 'cwde'],
  cwd: ['cwd', 'cdq'],
  pusha: ['pushaw', 'pusha'],
  popa: ['popaw', 'popa'],
  pushf: ['pushfw', 'pushf'],
  popf: ['popfw', 'popf'],
  iret: ['iretw', 'iret'],
  leave: ['leavew', 'leave'],
  enter: ['enterw', 'enter'],
  ret: ['retw', 'ret'],
};

/** Suffixes of Jcc, SETcc and CMOVcc by condition code. */
const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'];

/** String instructions whose REP prefix compares. */
const COMPARING = new Set(['cmps', 'scas']);

/**
 * Disassembles the instruction at the start of `bytes`, which lies at `address` in 32-bit code (`big`) or 16-bit code.
 * Without a model every instruction of the table is known. Fewer bytes than the instruction has give `(bad)`.
 */
export function disassemble(bytes: Uint8Array, address: number, big: boolean, model: Model = MODELS.pentium4): Line {
  const insn = decode(model, bytes, Math.min(bytes.length, MAX_LENGTH + 1), big);
  if (insn === null || insn.row.code === '') {
    const length = insn === null ? Math.max(1, bytes.length) : Math.min(insn.end, bytes.length);
    return { address, length, bytes: bytes.slice(0, length), text: '(bad)' };
  }
  const length = insn.end;
  return { address, length, bytes: bytes.slice(0, length), text: format(insn, bytes, address) };
}

/** A line as listings print it: address, bytes, text. */
export function formatLine({ address, bytes, text }: Line): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `0x${(address >>> 0).toString(16).padStart(8, '0')}  ${hex.padEnd(23)}  ${text}`;
}

function format(insn: Insn, bytes: Uint8Array, address: number): string {
  const name = mnemonic(insn);
  const override = overrideOf(bytes);
  const letters = insn.row.operands === '' ? [] : insn.row.operands.split(',');
  let immediates = 0;
  const operands = letters.map((letter) => {
    const which = /^[IJ]/.test(letter) ? immediates++ : 0;
    return formatOperand(letter, insn, { override, next: address + insn.end, which });
  });
  if (name === 'xlat') operands.push(formatOperand('Xlat', insn, { override, next: 0, which: 0 }));
  const shown = operands.filter((operand) => operand !== '').join(',');
  return `${prefixes(insn)}${name}${shown === '' ? '' : ` ${shown}`}`;
}

function mnemonic(insn: Insn): string {
  const { name, code } = insn.row;
  if (code.includes('+cc')) return name + CONDITIONS[insn.opcode & 15];
  if (name === 'jcxz') return insn.asize === 4 ? 'jecxz' : 'jcxz';
  if (code === '90' && insn.rep === REP) return 'pause';
  if (code === '90' && insn.size === 2) return 'xchg ax,ax';
  const sized = BY_SIZE[name];
  if (sized !== undefined) return sized[insn.size === 2 ? 0 : 1];
  if (name === 'push' && insn.size === 2 && insn.row.operands.startsWith('I')) return 'pushw';
  return name;
}

/** LOCK and the repetition prefixes as objdump names them; a mandatory prefix is part of the instruction. */
function prefixes(insn: Insn): string {
  const lock = insn.lock ? 'lock ' : '';
  const { row, rep } = insn;
  if (rep === 0 || /^f[23] /.test(row.code) || (row.code === '90' && rep === REP)) return lock;
  if (rep === REPNE) return `${lock}repnz `;
  return `${lock}${row.rep && !COMPARING.has(row.name) ? 'rep' : 'repz'} `;
}

/** Segment register by override prefix, in encoding order. */
const OVERRIDES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const OTHER_PREFIXES = new Set([0x66, 0x67, 0xf0, 0xf2, 0xf3]);

/** The last segment override among the prefixes, or -1. */
function overrideOf(bytes: Uint8Array): number {
  let override = -1;
  for (const byte of bytes) {
    const seg = OVERRIDES.indexOf(byte);
    if (seg >= 0) override = seg;
    else if (!OTHER_PREFIXES.has(byte)) break;
  }
  return override;
}

import { decode, MAX_LENGTH } from '../../machine/decode.ts';
import type { Insn } from '../../machine/insn.ts';
import { MODELS } from '../../machine/model.ts';
import type { Feature } from '../../machine/opcodes/row.ts';
import { EAX } from '../../machine/state.ts';
import type { Code, Executable, Symbol32 } from './elf.ts';
import { extensionAt } from './extension.ts';

/** Something that the sweep met. */
export type Finding =
  /** Bytes that no model decodes; `extension` names what they are where that is known. */
  | { readonly kind: 'opcode'; readonly address: number; readonly bytes: Uint8Array; readonly extension?: string }
  /** An instruction that only models with this feature have. */
  | { readonly kind: 'feature'; readonly address: number; readonly feature: Feature; readonly name: string }
  /** An instruction that user code may not execute. */
  | { readonly kind: 'privileged'; readonly address: number; readonly name: string }
  /** A system call; number -1 where it is not a constant nearby. */
  | { readonly kind: 'call'; readonly address: number; readonly number: number };

/** The model that has everything that the decoder knows. */
const WIDEST = MODELS.pentium4;
const UNKNOWN = -1;

/** Instructions after which EAX is not what it was, though it is not their first operand. */
const ENDS_KNOWLEDGE = new Set([
  'call',
  'int',
  'int3',
  'ret',
  'iret',
  'jmp',
  'cpuid',
  'rdtsc',
  'mul',
  'imul',
  'div',
  'idiv',
  'popa',
  'cmpxchg',
  'xadd',
  'lods',
  'in',
  'xlat',
  'cbw',
]);

/**
 * Decodes the code from its first byte to its last, one instruction after another, and yields what it meets. A symbol's
 * address starts a new instruction, so that data between functions does no lasting harm. Bytes that do not decode are
 * yielded and passed over: whole where they are an instruction of a known extension, else one byte at a time.
 */
export function* sweep(program: Executable): Generator<Finding> {
  for (const code of program.code) yield* sweepCode(code, program.symbols);
}

function* sweepCode({ address, bytes }: Code, symbols: readonly Symbol32[]): Generator<Finding> {
  let next = firstSymbol(symbols, address);
  let eax = UNKNOWN;
  for (let at = 0; at < bytes.length; ) {
    while (next < symbols.length && symbols[next].address <= address + at) {
      if (symbols[next].address === address + at) eax = UNKNOWN;
      next++;
    }
    const limit = next < symbols.length ? symbols[next].address - address : bytes.length;
    const here = bytes.subarray(at, Math.min(at + MAX_LENGTH + 1, Math.max(limit, at + 1)));
    const insn = decode(WIDEST, here, here.length, true);
    if (insn === null || insn.row.code === '') {
      const extension = extensionAt(here);
      const length = extension?.length ?? 1;
      yield {
        kind: 'opcode',
        address: address + at,
        bytes: here.slice(0, extension ? length : 3),
        extension: extension?.name,
      };
      eax = UNKNOWN;
      at += length;
      continue;
    }
    yield* describe(insn, address + at);
    if (entersKernel(insn, here)) yield { kind: 'call', address: address + at, number: eax };
    eax = constantOf(insn, eax);
    at += insn.end;
  }
}

function* describe(insn: Insn, address: number): Generator<Finding> {
  const { cpu: feature, name, privileged } = insn.row;
  if (feature) yield { kind: 'feature', address, feature, name };
  if (privileged) yield { kind: 'privileged', address, name };
}

/** `int 0x80`, or `call *%gs:0x10` through which static C libraries reach the kernel's entry. */
function entersKernel(insn: Insn, bytes: Uint8Array): boolean {
  if (insn.row.name === 'int' && (insn.imm & 0xff) === 0x80) return true;
  return bytes[0] === 0x65 && bytes[1] === 0xff && bytes[2] === 0x15 && bytes[3] === 0x10;
}

/** What EAX holds after an instruction, when that is a constant that the code spells out. */
function constantOf(insn: Insn, before: number): number {
  const { name, operands } = insn.row;
  if (name === 'mov' && /^(Zv,Iv|Ev,Iv)$/.test(operands) && !insn.mem && insn.rm === EAX) return insn.imm >>> 0;
  if (name === 'xor' && !insn.mem && insn.rm === EAX && insn.reg === EAX && /^[EG]v,[EG]v$/.test(operands)) return 0;
  if (ENDS_KNOWLEDGE.has(name)) return UNKNOWN;
  return writesEax(insn) ? UNKNOWN : before;
}

/** Whether the first operand of an instruction is EAX, AX, AL or AH (compares and tests do not write it). */
function writesEax(insn: Insn): boolean {
  const { name, operands } = insn.row;
  if (/^(cmp|test|push|bt|nop|j)/.test(name)) return false;
  const first = operands.split(',')[0];
  if (name === 'xchg') return true;
  if (first === 'eAX' || first === 'AX' || first === 'AL') return true;
  if (first.startsWith('Z') || first.startsWith('E'))
    return !insn.mem && (insn.rm & 7) === EAX && (insn.size > 1 || insn.rm % 4 === 0);
  if (first.startsWith('G')) return insn.reg === EAX || (insn.size === 1 && insn.reg === 4);
  return false;
}

function firstSymbol(symbols: readonly Symbol32[], address: number): number {
  const found = symbols.findIndex((symbol) => symbol.address >= address);
  return found < 0 ? symbols.length : found;
}

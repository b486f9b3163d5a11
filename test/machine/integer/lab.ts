/** A bare processor for lab sheets: instructions in, registers, flags and memory out. Only the general tier runs. */
import { Fault, VECTOR_NAMES } from '../../../src/machine/fault.ts';
import { ARITHMETIC, changeFlags, getFlags } from '../../../src/machine/flags.ts';
import { Machine } from '../../../src/machine/machine.ts';
import { MODELS } from '../../../src/machine/model.ts';
import { updateMode } from '../../../src/machine/segments.ts';
import * as st from '../../../src/machine/state.ts';

export const CODE = 0x1000;
export const STACK = 0x8000;
export const DATA = 0x4000;

const NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
type Name = (typeof NAMES)[number];

export interface Given extends Partial<Record<Name, number>> {
  readonly flags?: number;
  /** Bytes at an address, as hexadecimal digits. */
  readonly memory?: Readonly<Record<number, string>>;
  /** 16-bit code and stack segments. */
  readonly small?: true;
  readonly model?: string;
  /** XMM registers by number, lowest byte first. */
  readonly xmm?: Readonly<Record<number, string>>;
  readonly mxcsr?: number;
}

export interface Found extends Record<Name, number> {
  readonly eip: number;
  readonly flags: number;
  /** Name of the exception that ended the sheet, or ''. */
  readonly fault: string;
  /** `length` bytes at an address, as hexadecimal digits. */
  bytes(address: number, length: number): string;
  /** An XMM register, lowest byte first; an MMX register. */
  xmm(n: number): string;
  mm(n: number): string;
  readonly mxcsr: number;
}

export function unhex(text: string): number[] {
  return (text.replaceAll(' ', '').match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

/** Executes `code` (hexadecimal) until control leaves it, or a fault, or 1000 instructions. */
export function lab(code: string, given: Given = {}): Found {
  const { cpu } = new Machine(0x20000, MODELS[given.model ?? 'pentium4']);
  const { s, memory } = cpu;
  for (let seg = 0; seg < 6; seg++) {
    s[st.LIMIT + seg] = -1;
    s[st.ATTR + seg] = ((given.small ? 0x80 : 0xc0) << 8) | (seg === st.CS ? 0x9b : 0x93);
  }
  s[st.ATTR + st.CS] &= given.small ? ~0x4000 : -1;
  s[st.CR0] = 0x11;
  s[st.CR4] = 0x600;
  s[st.ESP] = STACK;
  NAMES.forEach((name, n) => {
    if (given[name] !== undefined) s[n] = given[name];
  });
  changeFlags(s, given.flags ?? 0, ARITHMETIC | 0x400);
  for (const [at, text] of Object.entries(given.memory ?? {})) {
    unhex(text).forEach((byte, i) => {
      memory.store8(Number(at) + i, byte);
    });
  }
  const bytes = unhex(code);
  bytes.forEach((byte, i) => {
    memory.store8(CODE + i, byte);
  });
  for (const [n, text] of Object.entries(given.xmm ?? {})) cpu.u8.set(unhex(text), st.XMM_BYTES + 16 * Number(n));
  if (given.mxcsr !== undefined) s[st.MXCSR] = given.mxcsr;
  updateMode(cpu);
  s[st.EIP] = CODE;
  let fault = '';
  try {
    for (let i = 0; i < 1000 && s[st.EIP] >= CODE && s[st.EIP] < CODE + bytes.length; i++) {
      const insn = cpu.code.fetch();
      s[st.EIP] = s[st.CODE_BASE] + insn.end;
      insn.run(cpu, insn);
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    fault = VECTOR_NAMES[thrown.vector];
  }
  const registers = Object.fromEntries(NAMES.map((name, n) => [name, s[n] >>> 0])) as Record<Name, number>;
  return {
    ...registers,
    eip: s[st.EIP] >>> 0,
    flags: getFlags(s) & (ARITHMETIC | 0x400),
    fault,
    bytes: (at, length) => hex(memory.bytes.subarray(st.RAM + at, st.RAM + at + length)),
    xmm: (n) => hex(cpu.u8.subarray(st.XMM_BYTES + 16 * n, st.XMM_BYTES + 16 * n + 16)),
    mm: (n) => hex(cpu.u8.subarray(st.X87_BYTES + 16 * n, st.X87_BYTES + 16 * n + 8)),
    mxcsr: s[st.MXCSR],
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

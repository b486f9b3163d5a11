/** A processor with flat segments and no paging, for single x87 instructions. */
import { Cpu } from '../../../src/machine/cpu.ts';
import { decode } from '../../../src/machine/decode.ts';
import { Fault, VECTOR_NAMES } from '../../../src/machine/fault.ts';
import { Ledger } from '../../../src/machine/ledger.ts';
import { Memory } from '../../../src/machine/memory.ts';
import { MODELS, type Model } from '../../../src/machine/model.ts';
import {
  ATTR,
  CODE_BASE,
  CR0,
  CS,
  DS,
  ES,
  FLAGS,
  LIMIT,
  SELECTOR,
  SS,
  TLB,
  TLB_SUPERVISOR,
} from '../../../src/machine/state.ts';
import { initialize } from '../../../src/machine/x87/environment.ts';

/** Where the instruction lies, and the memory operand `[0x3000]`. */
export const CODE = 0x1000;
export const DATA = 0x3000;

/** A processor after FNINIT, at CPL 0 in protected mode. */
export function processor(model: Model = MODELS.pentium2): Cpu {
  const cpu = new Cpu(new Memory(0x10000), model, new Ledger());
  const s = cpu.s;
  s[CR0] = 1;
  s[FLAGS] = 2;
  for (const seg of [ES, CS, SS, DS]) {
    s[LIMIT + seg] = -1;
    s[ATTR + seg] = seg === CS ? 0xc09b : 0xc093;
    s[SELECTOR + seg] = seg === CS ? 0x08 : 0x10;
  }
  s[CODE_BASE] = CODE;
  cpu.tlb = TLB + TLB_SUPERVISOR;
  cpu.flat = true;
  cpu.big = true;
  cpu.bound = 0x100000000;
  initialize(s);
  return cpu;
}

/** Executes one instruction; returns the name of the fault that it raises, or 'done'. */
export function execute(cpu: Cpu, ...bytes: number[]): string {
  const insn = decode(cpu.model, Uint8Array.from(bytes), bytes.length, true);
  if (insn === null) throw new Error(`not a whole instruction: ${bytes}`);
  try {
    insn.run(cpu, insn);
    return 'done';
  } catch (fault) {
    if (fault instanceof Fault) return VECTOR_NAMES[fault.vector];
    throw fault;
  }
}

/** The same with the memory operand at DATA: opcode and ModRM.reg. */
export function onData(cpu: Cpu, opcode: number, reg: number, ...prefixes: number[]): string {
  return execute(cpu, ...prefixes, opcode, (reg << 3) | 5, DATA & 0xff, DATA >> 8, 0, 0);
}

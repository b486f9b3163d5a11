/** Executes the oracle's records on our processor: FRSTOR, the instruction, FNSAVE. */
import { Cpu } from '../../../src/machine/cpu.ts';
import { decode } from '../../../src/machine/decode.ts';
import { getFlags, setArithmetic } from '../../../src/machine/flags.ts';
import type { Insn } from '../../../src/machine/insn.ts';
import { Ledger } from '../../../src/machine/ledger.ts';
import { Memory } from '../../../src/machine/memory.ts';
import { MODELS } from '../../../src/machine/model.ts';
import { ATTR, CODE_BASE, CR0, DS, EAX, ESI, FLAGS, LIMIT } from '../../../src/machine/state.ts';
import { MEMORY, MEMORY_BYTES, RECORD, STATE, STATE_BYTES } from './oracle.ts';

const CODE_AT = 0x1000;
const STATE_AT = 0x2000;
const MEMORY_AT = 0x3000;
/** Present, CPL 3 data, writable; 32-bit. */
const DATA = 0xc0f3;

export class Ours {
  readonly cpu: Cpu;
  private readonly insns = new Map<number, Insn>();

  constructor() {
    this.cpu = new Cpu(new Memory(0x10000), MODELS.pentium2, new Ledger());
    const s = this.cpu.s;
    s[CR0] = 1;
    s[FLAGS] = 2;
    s[ATTR + DS] = DATA;
    s[LIMIT + DS] = -1;
    s[CODE_BASE] = CODE_AT;
    s[ESI] = MEMORY_AT;
    this.cpu.flat = true;
    this.cpu.bound = 0x100000000;
  }

  /** Executes one request at `at` and writes its reply to the same place in `replies`. */
  execute(requests: Uint8Array, replies: Uint8Array, at: number): void {
    const cpu = this.cpu;
    const memory = cpu.memory;
    const view = new DataView(requests.buffer, requests.byteOffset + at, RECORD);
    memory.write(STATE_AT, requests, at + STATE, STATE_BYTES);
    memory.write(MEMORY_AT, requests, at + MEMORY, MEMORY_BYTES);
    memory.write(CODE_AT, requests, at, 2);
    this.run(0xdd, 0x26, STATE_AT);
    setArithmetic(cpu.s, view.getUint32(4, true));
    cpu.s[EAX] = 0x12345678;
    this.run(requests[at], requests[at + 1], MEMORY_AT);
    const out = new DataView(replies.buffer, replies.byteOffset + at, RECORD);
    out.setUint32(0, getFlags(cpu.s) & 0x8d5, true);
    out.setInt32(4, cpu.s[EAX], true);
    this.run(0xdd, 0x36, STATE_AT);
    memory.read(STATE_AT, replies, at + STATE, STATE_BYTES);
    memory.read(MEMORY_AT, replies, at + MEMORY, MEMORY_BYTES);
  }

  private run(opcode: number, modrm: number, operand: number): void {
    const key = (opcode << 8) | modrm;
    let insn = this.insns.get(key);
    if (insn === undefined) {
      const decoded = decode(this.cpu.model, Uint8Array.of(opcode, modrm), 2, true);
      if (decoded === null) throw new Error(`no whole instruction: ${key.toString(16)}`);
      insn = decoded;
      this.insns.set(key, insn);
    }
    this.cpu.s[ESI] = operand;
    insn.run(this.cpu, insn);
  }
}

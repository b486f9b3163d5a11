/** Exchanges: XCHG, XADD, CMPXCHG, CMPXCHG8B. All are atomic here: instructions never interleave. */
import { changeFlags, ZF } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { EAX, EBX, ECX, EDX } from '../state.ts';
import { add, sub } from './alu.ts';
import { getRegister, setRegister, signed, write } from './operands.ts';

export const xchgEG: Run = (cpu, insn) => {
  const size = insn.size;
  const g = getRegister(cpu, insn.reg, size);
  if (insn.mem) {
    const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
    setRegister(cpu, insn.reg, cpu.readBack(linear, size), size);
    write(cpu, linear, g, size);
  } else {
    setRegister(cpu, insn.reg, getRegister(cpu, insn.rm, size), size);
    setRegister(cpu, insn.rm, g, size);
  }
};

/** XCHG register, accumulator. */
export const xchgZAccumulator: Run = (cpu, insn) => {
  const a = getRegister(cpu, EAX, insn.size);
  setRegister(cpu, EAX, getRegister(cpu, insn.rm, insn.size), insn.size);
  setRegister(cpu, insn.rm, a, insn.size);
};

/** XADD writes the register first: XADD of a register with itself leaves the sum. */
export const xadd: Run = (cpu, insn) => {
  const size = insn.size;
  const g = getRegister(cpu, insn.reg, size);
  if (insn.mem) {
    const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
    const e = cpu.readBack(linear, size);
    const sum = add(cpu.s, e, g, size);
    setRegister(cpu, insn.reg, e, size);
    write(cpu, linear, sum, size);
  } else {
    const e = getRegister(cpu, insn.rm, size);
    const sum = add(cpu.s, e, g, size);
    setRegister(cpu, insn.reg, e, size);
    setRegister(cpu, insn.rm, sum, size);
  }
};

/** CMPXCHG: the destination takes a write cycle whether it changes or not. */
export const cmpxchg: Run = (cpu, insn) => {
  const size = insn.size;
  const linear = insn.mem ? cpu.modify(insn.seg, cpu.ea(insn), size) : 0;
  const e = insn.mem ? cpu.readBack(linear, size) : getRegister(cpu, insn.rm, size);
  const equal = signed(sub(cpu.s, getRegister(cpu, EAX, size), e, size), size) === 0;
  if (!equal) setRegister(cpu, EAX, e, size);
  const r = equal ? getRegister(cpu, insn.reg, size) : e;
  if (insn.mem) write(cpu, linear, r, size);
  else if (equal) setRegister(cpu, insn.rm, r, size);
};

/** CMPXCHG8B changes no flag but ZF. */
export const cmpxchg8b: Run = (cpu, insn) => {
  const { s } = cpu;
  const linear = cpu.modify(insn.seg, cpu.ea(insn), 8);
  const low = cpu.readBack(linear, 4);
  const high = cpu.readBack((linear + 4) | 0, 4);
  const equal = low === s[EAX] && high === s[EDX];
  if (equal) {
    cpu.write32(linear, s[EBX]);
    cpu.write32((linear + 4) | 0, s[ECX]);
  } else {
    cpu.write32(linear, low);
    cpu.write32((linear + 4) | 0, high);
    s[EAX] = low;
    s[EDX] = high;
  }
  changeFlags(s, equal ? ZF : 0, ZF);
};

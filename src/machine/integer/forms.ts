/** Operand forms shared by many instructions: each makes the semantics of a row from an operation. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import type { Binary, Unary } from './alu.ts';
import { getE, getRegister, setRegister, write } from './operands.ts';

/** E = E op b; a memory operand faults as a write does, before anything is changed. */
function updateE(cpu: Cpu, insn: Insn, op: Binary, b: number): void {
  const { s } = cpu;
  const size = insn.size;
  if (insn.mem) {
    const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
    write(cpu, linear, op(s, cpu.readBack(linear, size), b, size), size);
  } else {
    setRegister(cpu, insn.rm, op(s, getRegister(cpu, insn.rm, size), b, size), size);
  }
}

/** E = E op G. */
export function toE(op: Binary): Run {
  return (cpu, insn) => updateE(cpu, insn, op, getRegister(cpu, insn.reg, insn.size));
}

/** E = E op immediate; also the accumulator forms, whose E is register 0. */
export function toEFromImmediate(op: Binary): Run {
  return (cpu, insn) => updateE(cpu, insn, op, insn.imm);
}

/** G = G op E. */
export function toG(op: Binary): Run {
  return (cpu, insn) => {
    const size = insn.size;
    const b = getE(cpu, insn, size);
    setRegister(cpu, insn.reg, op(cpu.s, getRegister(cpu, insn.reg, size), b, size), size);
  };
}

/** Flags of E op G. */
export function flagsOfE(op: Binary): Run {
  return (cpu, insn) => {
    op(cpu.s, getE(cpu, insn, insn.size), getRegister(cpu, insn.reg, insn.size), insn.size);
  };
}

/** Flags of E op immediate. */
export function flagsOfEAndImmediate(op: Binary): Run {
  return (cpu, insn) => {
    op(cpu.s, getE(cpu, insn, insn.size), insn.imm, insn.size);
  };
}

/** Flags of G op E. */
export function flagsOfG(op: Binary): Run {
  return (cpu, insn) => {
    const b = getE(cpu, insn, insn.size);
    op(cpu.s, getRegister(cpu, insn.reg, insn.size), b, insn.size);
  };
}

/** E = op E. */
export function onE(op: Unary): Run {
  return (cpu, insn) => {
    const { s } = cpu;
    const size = insn.size;
    if (insn.mem) {
      const linear = cpu.modify(insn.seg, cpu.ea(insn), size);
      write(cpu, linear, op(s, cpu.readBack(linear, size), size), size);
    } else {
      setRegister(cpu, insn.rm, op(s, getRegister(cpu, insn.rm, size), size), size);
    }
  };
}

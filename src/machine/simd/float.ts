/** Floating-point instructions on XMM registers: lanes put together, exceptions settled, then the result stored. */
import type { Cpu } from '../cpu.ts';
import { getE } from '../integer/operands.ts';
import type { Run } from '../opcodes/row.ts';
import type { Lane } from './arithmetic.ts';
import { comparison } from './compare.ts';
import type { Format } from './format.ts';
import { begin, settle } from './mxcsr.ts';
import { copy, enterMmx, mm, mmxSource, OPERAND, RESULT, touchMmx, wroteMmx, xmm, xmmSource } from './registers.ts';

/** V = V op W on all lanes of `size` bytes. */
export function onAll(lane: Lane, size: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    const b = xmmSource(cpu, insn, 16);
    const d = xmm(insn.reg);
    for (let i = 0; i < 16; i += size) lane(cpu.view, d + i, b + i, RESULT + i);
    settle(cpu);
    copy(cpu.s, d, RESULT, 16);
  };
}

/** V = V op W on the lowest lane of `size` bytes; the others stay. */
export function onLowest(lane: Lane, size: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    const b = xmmSource(cpu, insn, size);
    const d = xmm(insn.reg);
    lane(cpu.view, d, b, RESULT);
    settle(cpu);
    copy(cpu.s, d, RESULT, size);
  };
}

/** Compares by the predicate in the immediate, on all lanes or on the lowest. */
export function compareLanes(f: Format, all: boolean): Run {
  const runs = Array.from({ length: 8 }, (_, imm) => {
    const lane = comparison(imm, f);
    return all ? onAll(lane, f.size) : onLowest(lane, f.size);
  });
  return (cpu, insn) => runs[insn.imm & 7](cpu, insn);
}

/** A conversion of `lanes` lanes of `from` bytes to `to` bytes; what the result does not fill becomes 0. */
export function convertLanes(lane: Lane, from: number, to: number, lanes: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    const b = xmmSource(cpu, insn, from * lanes);
    cpu.s.fill(0, RESULT >> 2, (RESULT + 16) >> 2);
    for (let i = 0; i < lanes; i++) lane(cpu.view, 0, b + i * from, RESULT + i * to);
    settle(cpu);
    copy(cpu.s, xmm(insn.reg), RESULT, 16);
  };
}

/** A conversion of the lowest lane of `from` bytes to `to` bytes; the rest of V stays. */
export function convertLowest(lane: Lane, from: number, to: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    lane(cpu.view, 0, xmmSource(cpu, insn, from), RESULT);
    settle(cpu);
    copy(cpu.s, xmm(insn.reg), RESULT, to);
  };
}

/** CVTSI2SS, CVTSI2SD: a general register or memory to `to` bytes of V. */
export function fromGeneral(lane: Lane, to: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    cpu.s[OPERAND >> 2] = getE(cpu, insn, 4);
    lane(cpu.view, 0, OPERAND, RESULT);
    settle(cpu);
    copy(cpu.s, xmm(insn.reg), RESULT, to);
  };
}

/** CVTSS2SI and its like: `from` bytes of W to a general register. */
export function toGeneral(lane: Lane, from: number): Run {
  return (cpu, insn) => {
    begin(cpu);
    lane(cpu.view, 0, xmmSource(cpu, insn, from), RESULT);
    settle(cpu);
    cpu.s[insn.reg] = cpu.s[RESULT >> 2];
  };
}

/** The checks of an instruction that uses both register files. */
function beginWithMmx(cpu: Cpu): void {
  begin(cpu);
  enterMmx(cpu);
}

/**
 * CVTPI2PS, CVTPI2PD: two dwords of Q to two lanes of `to` bytes; a source in memory leaves the x87 alone, one in a
 * register gives it to MMX even when #XM follows.
 */
export function fromMmx(lane: Lane, to: number): Run {
  return (cpu, insn) => {
    if (insn.mem) begin(cpu);
    else beginWithMmx(cpu);
    const b = mmxSource(cpu, insn, 8);
    lane(cpu.view, 0, b, RESULT);
    lane(cpu.view, 0, b + 4, RESULT + to);
    if (!insn.mem) touchMmx(cpu);
    settle(cpu);
    copy(cpu.s, xmm(insn.reg), RESULT, 2 * to);
  };
}

/** CVTPS2PI and its like: two lanes of `from` bytes to two dwords of P. #XM finds the x87 registers left to MMX. */
export function toMmx(lane: Lane, from: number): Run {
  return (cpu, insn) => {
    beginWithMmx(cpu);
    const b = xmmSource(cpu, insn, 2 * from);
    lane(cpu.view, 0, b, RESULT);
    lane(cpu.view, 0, b + from, RESULT + 4);
    touchMmx(cpu);
    settle(cpu);
    copy(cpu.s, mm(insn.reg), RESULT, 8);
    wroteMmx(cpu, insn.reg);
  };
}

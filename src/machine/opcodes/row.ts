/** The form of one row of the opcode table: the single source of decoder, disassembler, tiers, statistics and tests. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';

/** Features that a CPU model may lack; a row that names one is #UD on a model without it. */
export type Feature =
  | 'fpu'
  | '486'
  | 'cpuid'
  | 'tsc'
  | 'msr'
  | 'cx8'
  | 'cmov'
  | 'mmx'
  | 'sep'
  | 'fxsr'
  | 'sse'
  | 'sse2';

/** What an instruction does: reads operands, may throw a fault before anything is changed, then commits. */
export type Run = (cpu: Cpu, insn: Insn) => void;

/**
 * One instruction encoding.
 *
 * `code` is written as in the SDM's opcode column, in lower-case hexadecimal, without the prefixes that any
 * instruction may have:
 *   '01'        one byte               '0f a2'     two bytes            '0f 38 00' three
 *   '40+r'      register in the low three bits of the last byte         '70+cc'    condition in the low four bits
 *   '80 /0'     ModRM.reg is 0         'd8 /0 m'   ModRM.reg 0, memory form only    'd8 /0 r' register form only
 *   'd9 e8'     for x87: the whole ModRM byte                           'd8 c0+i'  ModRM byte c0..c7
 *   'np 0f 58', '66 0f 58', 'f3 0f 58', 'f2 0f 58'   a mandatory prefix; 'np' = none of these
 * A row with a mandatory prefix wins over one without.
 *
 * `operands` uses the SDM's (appendix A) letters, comma separated, destination first:
 *   Eb Ew Ed Ev   general register or memory       Gb Gw Gd Gv   register by ModRM.reg
 *   Zb Zv         register in the opcode byte      Rd            register by ModRM.rm only
 *   Ib Iw Iv      immediate (Iv: 2 or 4 bytes)     Ibs           signed byte, extended to the operand size
 *   Jb Jv         relative target                  Ap            far pointer immediate
 *   M Mb Mw Md Mq Mt Mo Mp Ms Ma   memory only: address / 1 / 2 / 4 / 8 / 10 / 16 bytes / far pointer / pseudo-descriptor / bounds pair
 *   Ob Ov         absolute offset                  Sw            segment register by ModRM.reg
 *   Cd Dd         control / debug register         Pq Pd Qq Qd   MMX by reg / MMX or memory by rm
 *   Vo Vq Vd Wo Wq Wd    XMM by reg / XMM or memory by rm (16, 8, 4 bytes)   Nq Uo   MMX / XMM register by rm only
 *   ST STi        x87 stack top / ST(i) by ModRM.rm
 *   AL AX eAX CL DX CS DS ES FS GS SS 1 3   fixed
 *   Xb Xv Yb Yv   string operands at DS:eSI and ES:eDI
 */
export interface Row {
  readonly code: string;
  readonly name: string;
  readonly operands: string;
  readonly run: Run;
  /** Arithmetic flags left undefined, as letters of 'oszapc' (SDM vol. 2, "Flags Affected"); tests mask them. */
  readonly undef?: string;
  /** The feature whose absence makes this #UD; none = every model has it. */
  readonly cpu?: Feature;
  /** LOCK is allowed with a memory destination. */
  readonly lock?: true;
  /** Takes REP / REPE / REPNE. */
  readonly rep?: true;
  /** Ends a block: EIP after it is not simply the next instruction (branches, traps, mode changes). */
  readonly ends?: true;
  /** Needs CPL 0, or IOPL; generators of user code leave it out, `check` reports it. */
  readonly privileged?: true;
  /** Operand size that does not follow the 66 prefix: e.g. 1 for byte forms is taken from the operands; set when fixed. */
  readonly size?: 1 | 2 | 4;
}

/** A decoded instruction: what every tier executes. Decoded once per physical address and code mode, then linked. */
import type { Row, Run } from './opcodes/row.ts';

/** Prefix REPNE/REPNZ, and REP/REPE/REPZ. */
export const REPNE = 0xf2;
export const REP = 0xf3;

/**
 * One decoded instruction. Register fields hold word offsets into the state (EAX..EDI = 0..7); 8-bit registers keep
 * the encoding 0..7 (AL CL DL BL AH CH DH BH). Fields that an instruction does not use keep their initial value, so
 * that all instances share one shape.
 */
export class Insn {
  /** Case label in the interpreter's switch; 0 = call `run`. Set by `specialize` (hot.ts) at decode time. */
  hot = 0;
  /** The general semantics; always valid. */
  run: Run;
  row: Row;
  /** Offset in its 4 KiB page of the first byte, and of the byte after the last (may exceed 4096 when it straddles). */
  start = 0;
  end = 0;
  /** Operand size in bytes: 1, 2 or 4 (for byte forms 1). */
  size = 4;
  /** Address size in bytes: 2 or 4. */
  asize = 4;
  /** ModRM.reg, ModRM.rm (only meaningful with `mem` false), or the register in the opcode byte (in `rm`). */
  reg = 0;
  rm = 0;
  /** True when the E/M/Q/W operand is in memory. */
  mem = false;
  /** Memory operand: segment register, base and index as word offsets (ZERO when absent), shift 0..3, displacement. */
  seg = 3;
  base = 8;
  index = 8;
  scale = 0;
  disp = 0;
  /** First and second immediate (sign-extended where the operand letter says so); for Jb/Jv the signed displacement. */
  imm = 0;
  imm2 = 0;
  /** 0, REP (0xf3) or REPNE (0xf2). */
  rep = 0;
  lock = false;
  /** The opcode byte that selected the row (its low four bits are the condition of a Jcc, SETcc, CMOVcc). */
  opcode = 0;
  /** The instruction after this one in the same page, once decoded. */
  next: Insn | null = null;
  /** The target of a direct branch in the same page, once decoded. */
  target: Insn | null = null;

  constructor(row: Row) {
    this.row = row;
    this.run = row.run;
  }
}

/** Classic BPF as seccomp(2) allows it: a program is verified when it is loaded, and then runs over a struct seccomp_data. */

/** Words of an instruction: code, jt and jf in one, then k (struct sock_filter). */
export const INSN_SIZE = 8;
/** Longest program (BPF_MAXINSNS). */
export const INSNS_MAX = 4096;
/** Bytes of a struct seccomp_data. */
export const DATA_SIZE = 64;
/** Words of scratch memory (BPF_MEMWORDS). */
const MEMORY_WORDS = 16;

// Instruction codes: class, size or operation, mode or source (linux/bpf_common.h).
const LD_W_ABS = 0x20;
const LD_W_LEN = 0x80;
const LDX_W_LEN = 0x81;
const LD_IMM = 0x00;
const LDX_IMM = 0x01;
const LD_MEM = 0x60;
const LDX_MEM = 0x61;
const ST = 0x02;
const STX = 0x03;
const RET_K = 0x06;
const RET_A = 0x16;
const TAX = 0x07;
const TXA = 0x87;
const NEG = 0x84;
const JA = 0x05;
const ALU = 0x04;
const JMP = 0x05;
const CLASS = 0x07;
const SOURCE_X = 0x08;
const DIV = 0x34;
const LSH_K = 0x64;
const RSH_K = 0x74;
const JSET = 0x45;
/** Instructions that begin what Linux makes of a program. */
const PROLOGUE = 3;

/** What ALU instructions do to A, by code without the source bit. */
const ARITHMETIC: Readonly<Record<number, (a: number, b: number) => number>> = {
  4: (a, b) => a + b,
  20: (a, b) => a - b,
  36: (a, b) => Math.imul(a, b),
  52: (a, b) => Math.floor((a >>> 0) / (b >>> 0)),
  68: (a, b) => a | b,
  84: (a, b) => a & b,
  100: (a, b) => a << (b & 31),
  116: (a, b) => a >>> (b & 31),
  164: (a, b) => a ^ b,
};

/** What conditional jumps ask, by code without the source bit. */
const CONDITIONS: Readonly<Record<number, (a: number, b: number) => boolean>> = {
  21: (a, b) => a === b,
  37: (a, b) => a >>> 0 > b >>> 0,
  53: (a, b) => a >>> 0 >= b >>> 0,
  69: (a, b) => (a & b) !== 0,
};

const OTHERS: ReadonlySet<number> = new Set([
  LD_W_ABS,
  LD_W_LEN,
  LDX_W_LEN,
  LD_IMM,
  LDX_IMM,
  LD_MEM,
  LDX_MEM,
  ST,
  STX,
  RET_K,
  RET_A,
  TAX,
  TXA,
  NEG,
  JA,
]);
const MEMORY: ReadonlySet<number> = new Set([LD_MEM, LDX_MEM, ST, STX]);

/** A program that was verified: it ends, and reads nothing but its input and what it wrote. */
export class BpfProgram {
  readonly #words: Int32Array;

  private constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Verifies instructions (two words each); undefined where Linux would refuse them (bpf_check_classic, seccomp_check_filter). */
  static verify(words: Int32Array): BpfProgram | undefined {
    const count = words.length / 2;
    for (let pc = 0; pc < count; pc++) if (!isGood(words[pc * 2], words[pc * 2 + 1] >>> 0, pc, count)) return undefined;
    const last = words[count * 2 - 2] & 0xffff;
    if (last !== RET_K && last !== RET_A) return undefined;
    return memoryIsWritten(words) ? new BpfProgram(words) : undefined;
  }

  /** Instructions. */
  get length(): number {
    return this.#words.length / 2;
  }

  /** Instructions that Linux makes of it, which is what it limits (bpf_convert_filter). */
  get converted(): number {
    let count = PROLOGUE;
    for (let pc = 0; pc < this.length; pc++) count += expansion(this.#words[pc * 2], this.#words[pc * 2 + 1]);
    return count;
  }

  /** The program's answer for DATA_SIZE bytes of input, as 16 words. */
  run(data: Int32Array): number {
    const words = this.#words;
    const memory = new Int32Array(MEMORY_WORDS);
    let a = 0;
    let x = 0;
    for (let pc = 0; ; pc++) {
      const word = words[pc * 2];
      const code = word & 0xffff;
      const k = words[pc * 2 + 1];
      const arithmetic = ARITHMETIC[code & ~SOURCE_X];
      if (arithmetic && (code & CLASS) === ALU) {
        const b = code & SOURCE_X ? x : k;
        // Division by an X of 0 ends the program with 0.
        if ((code & ~SOURCE_X) === DIV && b === 0) return 0;
        a = arithmetic(a, b) | 0;
        continue;
      }
      const condition = CONDITIONS[code & ~SOURCE_X];
      if (condition && (code & CLASS) === JMP) {
        pc += condition(a, code & SOURCE_X ? x : k) ? (word >>> 16) & 0xff : word >>> 24;
        continue;
      }
      switch (code) {
        case LD_W_ABS:
          a = data[k >> 2];
          break;
        case LD_W_LEN:
          a = DATA_SIZE;
          break;
        case LDX_W_LEN:
          x = DATA_SIZE;
          break;
        case LD_IMM:
          a = k;
          break;
        case LDX_IMM:
          x = k;
          break;
        case LD_MEM:
          a = memory[k];
          break;
        case LDX_MEM:
          x = memory[k];
          break;
        case ST:
          memory[k] = a;
          break;
        case STX:
          memory[k] = x;
          break;
        case TAX:
          x = a;
          break;
        case TXA:
          a = x;
          break;
        case NEG:
          a = -a | 0;
          break;
        case JA:
          pc += k;
          break;
        case RET_K:
          return k;
        default:
          return a;
      }
    }
  }
}

/** What Linux makes of one instruction. */
function expansion(word: number, k: number): number {
  const code = word & 0xffff;
  if (code === RET_K) return 2;
  if (code === (DIV | SOURCE_X)) return 5;
  if ((code & CLASS) !== JMP || code === JA) return 1;
  const isLong = !(code & SOURCE_X) && k < 0 ? 2 : 1;
  if (word >>> 24 === 0) return isLong;
  // A test whose true branch is the next instruction is turned round, where it has an opposite.
  const isTurned = ((word >>> 16) & 0xff) === 0 && (code & ~SOURCE_X) !== JSET;
  return isTurned ? isLong : isLong + 1;
}

/** Whether one instruction may stand where it does: all jumps lead forward and stay inside. */
function isGood(word: number, k: number, pc: number, count: number): boolean {
  const code = word & 0xffff;
  const plain = code & ~SOURCE_X;
  const isArithmetic = (code & CLASS) === ALU && ARITHMETIC[plain] !== undefined;
  const isCondition = (code & CLASS) === JMP && CONDITIONS[plain] !== undefined;
  if (!isArithmetic && !isCondition && !OTHERS.has(code)) return false;
  if (isCondition) return pc + ((word >>> 16) & 0xff) + 1 < count && pc + (word >>> 24) + 1 < count;
  if (code === JA) return k < count - pc - 1;
  if (code === DIV) return k !== 0;
  if (code === LSH_K || code === RSH_K) return k < 32;
  if (code === LD_W_ABS) return k < DATA_SIZE && (k & 3) === 0;
  return !MEMORY.has(code) || k < MEMORY_WORDS;
}

/** Whether each word of scratch memory is written on every way to where it is read (check_load_and_stores). */
function memoryIsWritten(words: Int32Array): boolean {
  const count = words.length / 2;
  const known = new Int32Array(count).fill(-1);
  let valid = 0;
  for (let pc = 0; pc < count; pc++) {
    const word = words[pc * 2];
    const code = word & 0xffff;
    const k = words[pc * 2 + 1];
    valid &= known[pc];
    if (code === ST || code === STX) valid |= 1 << k;
    else if (code === LD_MEM || code === LDX_MEM) {
      if (!(valid & (1 << k))) return false;
    } else if (code === JA) {
      known[pc + 1 + k] &= valid;
      valid = -1;
    } else if ((code & CLASS) === JMP) {
      known[pc + 1 + ((word >>> 16) & 0xff)] &= valid;
      known[pc + 1 + (word >>> 24)] &= valid;
      valid = -1;
    }
  }
  return true;
}

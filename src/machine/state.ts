/**
 * Where the processor's state lies, as byte and word offsets into the machine's one memory.
 *
 * Registers, segment caches, the x87/MMX/SSE registers and the TLB sit in the first 64 KiB; physical memory follows.
 * Interpreter and translated code work on these same bytes. Word offsets index an Int32Array over the whole memory.
 *
 *   0x0000  general registers, EIP, flags, segment caches, control and debug registers
 *   0x0200  x87 / MMX physical registers R0..R7, 16 bytes each, then the x87 control words
 *   0x02a0  two scratch slots of the x87 (x87/stack.ts)
 *   0x0300  XMM0..XMM7, 16 bytes each, then MXCSR
 *   0x03c0  scratch of MMX and SSE: operand and result (simd/registers.ts)
 *   0x1000  TLB: user read, user write, supervisor read, supervisor write, and two tables that stay empty;
 *           1024 entries of {tag, delta} each
 *   0x10000 physical address 0
 */

/** General registers in ModRM order; word offsets. */
export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;
/** Always zero: the base or index of an address that has none. */
export const ZERO = 8;
export const EIP = 9;

/** EFLAGS without the six arithmetic flags, which are derived from FRES and FCAR. Bit 1 is always set. */
export const FLAGS = 10;
/**
 * The last arithmetic result, sign-extended to 32 bits: ZF = (FRES == 0), SF = its sign, PF = parity of its low byte.
 */
export const FRES = 11;
/**
 * The carries of the last arithmetic operation and what FRES alone cannot say:
 *
 *   bit 31      CF
 *   bit 30      CF xor OF   (the carry into the sign bit)
 *   bits 15..8  xor-ed into the low byte of FRES before its parity is taken (set by POPF, SAHF, IRET only)
 *   bit 4       xor-ed into the sign of FRES to give SF (set by POPF, SAHF, IRET only)
 *   bit 3       AF
 */
export const FCAR = 12;

/** Current privilege level, 0..3: the RPL of CS, kept apart because nearly every check asks for it. */
export const CPL = 13;
/** EIP of offset 0 of the page being executed: the EIP of a decoded instruction is CODE_BASE + its `start`. */
export const CODE_BASE = 14;

/** Segment registers in encoding order; also the order of SELECTOR, BASE, LIMIT, ATTR. */
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

/** Word offsets of the descriptor caches: SELECTOR + n, BASE + n, LIMIT + n, ATTR + n for segment register n. */
export const SELECTOR = 16;
export const BASE = 24;
/** Effective limit in bytes (granularity applied), as an unsigned 32-bit number stored in an Int32Array. */
export const LIMIT = 32;
/**
 * Descriptor attributes as bits 8..23 of the descriptor's second dword, moved down to bit 0:
 *
 *   15 14 13 12 | 11..8 | 7 | 6 5 | 4 | 3 2 1 0
 *   G  D  L  AVL|  (0)  | P | DPL | S | type
 *
 * 0 means that the register is unusable (a null selector).
 */
export const ATTR = 40;

export const GDTR_BASE = 48;
export const GDTR_LIMIT = 49;
export const IDTR_BASE = 50;
export const IDTR_LIMIT = 51;
export const CR0 = 52;
export const CR2 = 53;
export const CR3 = 54;
export const CR4 = 55;
/** DR0..DR7 at DR + n. */
export const DR = 56;

/** Byte offset of the x87 physical registers: 16 bytes each, {mantissa low, mantissa high, sign<<15 | exponent, 0}. */
export const X87_BYTES = 0x200;
/** Word offset of the same: physical register r starts at X87 + 4*r; ST(i) is physical register (TOP + i) & 7. */
export const X87 = X87_BYTES >> 2;
/** x87 control words (word offsets). FSW holds TOP in bits 13..11 like the real register; FTW has two bits per physical register. */
export const FCW = 0xa0;
export const FSW = 0xa1;
export const FTW = 0xa2;
export const FOP = 0xa3;
export const FIP = 0xa4;
export const FCS = 0xa5;
export const FDP = 0xa6;
export const FDS = 0xa7;

/** Byte offset of the XMM registers, 16 bytes each, and the word offset of the same. */
export const XMM_BYTES = 0x300;
export const XMM = XMM_BYTES >> 2;
export const MXCSR = 0xe0;

/** Model-specific registers that the machine has: SYSENTER_CS, _ESP, _EIP. */
export const SYSENTER_CS = 0xe4;
export const SYSENTER_ESP = 0xe5;
export const SYSENTER_EIP = 0xe6;
/** What the time-stamp counter is ahead of virtual time: low and high word. */
export const TSC_OFFSET = 0xe8;

/** Entries in one TLB table (direct mapped by page number), and the tables' word offsets. */
export const TLB_ENTRIES = 1024;
export const TLB = 0x1000 >> 2;
/** Words from one table to the next: user read, user write, supervisor read, supervisor write. */
export const TLB_TABLE = TLB_ENTRIES * 2;
export const TLB_WRITE = TLB_TABLE;
export const TLB_SUPERVISOR = 2 * TLB_TABLE;
/**
 * A pair of tables that are never filled: while alignment checks are on, every access goes the slow way that makes them.
 */
export const TLB_STRICT = 4 * TLB_TABLE;
export const TLB_WORDS = 6 * TLB_TABLE;
/** A tag that no address compares equal to (tags are page addresses: their low 12 bits are 0). */
export const TLB_EMPTY = 1;

/** Byte offset of physical address 0 in the machine's memory. */
export const RAM = 0x10000;

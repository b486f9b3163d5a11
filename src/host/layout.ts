/**
 * Where the host kernel lies: three pages at the top of every address space, for supervisors only. They are 1 MiB above
 * where it begins, as i386 kernels have it: other programs' pages at multiples of 4 MiB want the same places of the TLB.
 *
 *   0xc0100000  tables: GDT at 0, TSS at 0x100, IDT at 0x800
 *   0xc0101000  the ring-0 stack, one trap frame deep
 *   0xc0102000  text: IRET at 0; from 0x800 on, eight bytes for each vector, a HLT first
 *   0xc0110000  the LDT of the space that runs, where it has one: up to 16 pages
 */

/** First address that belongs to the host kernel. */
export const KERNEL_BASE = 0xc0000000 | 0;
export const TABLES = KERNEL_BASE + 0x100000;
export const GDT = TABLES;
export const TSS = TABLES + 0x100;
export const IDT = TABLES + 0x800;
export const STACK_TOP = TABLES + 0x2000;
export const TEXT = TABLES + 0x2000;
export const LDT = TABLES + 0x10000;
/** The IRET with which the host kernel goes back. */
export const RETURN = TEXT;
/** Where the gate of vector v leads: HANDLERS + 8 * v. The HLT there is reached only by an exception inside ring 0. */
export const HANDLERS = TEXT + 0x800;

/** Selectors, as i386 Linux numbers them. */
export const KERNEL_CS = 0x60;
export const KERNEL_DS = 0x68;
export const USER_CS = 0x73;
export const USER_DS = 0x7b;
export const TSS_SELECTOR = 0x80;
export const LDT_SELECTOR = 0x88;
/** Code and data of ring 1, which end below the host kernel. */
export const INNER_CS = 0x91;
export const INNER_DS = 0x99;
/** First GDT entry of the three that a thread may set (set_thread_area). */
export const TLS_ENTRY = 6;
export const GDT_ENTRIES = 32;

/** The vectors of system calls (the other one for ring 1, whose own gate may be behind the first), and the one of the timer. */
export const SYSCALL_VECTOR = 0x80;
export const INNER_VECTOR = 0x81;
export const TIMER_VECTOR = 0x20;

/**
 * The kernel page: the first frame of the physical memory of a kernel that shares its process with applications. It is
 * that kernel's stack and home, and where it meets the process that traces it. Applications must not see it, as far as
 * the tower protects anything.
 */
import { KERNEL_SIGNALS } from './image.ts';

/** RUN while the kernel lets an application run: it is to have the registers here. */
export const PAGE_COMMAND = 0x04;
/** Why the kernel runs: one of the reasons below. */
export const PAGE_REASON = 0x08;
/** Signals that came for the kernel, one bit each (1 << number). */
export const PAGE_SIGNALS = KERNEL_SIGNALS;
/** Pid of the process that the kernel is in. */
export const PAGE_CURRENT = 0x10;
/** Where control enters the kernel: EIP, and ESP (the list in the entry page). */
export const PAGE_EIP = 0x14;
export const PAGE_ESP = 0x18;
/** Debug registers are to be set. */
export const PAGE_DEBUG_CHANGED = 0x1c;
/** Calls that the kernel makes from now on until the application is to run. */
export const PAGE_LEFT = 0x20;
/** Number of the application's page table. */
export const PAGE_TABLE = 0x28;
/** The last address that segments of the application reach. */
export const PAGE_LIMIT = 0x2c;
/** A byte to send. */
export const PAGE_BYTE = 0x24;
/** The application's registers, in the order of struct user_regs_struct; DR0 to DR7. */
export const PAGE_REGISTERS = 0x40;
export const PAGE_DEBUG = 0xa0;

/** Save areas of a script. */
export const AT_AREAS = 0x100;

/** Value of PAGE_COMMAND. */
export const RUN = 1;

/** Values of PAGE_REASON. */
export const REASON = { syscall: 1, quantum: 2, exception: 3, frameless: 4 } as const;

/**
 * ktrace: scripts in the kernel, registered by a call of nestlab's own. Linux has neither; the numbers lie beyond its
 * range and within the kernel's table.
 */

/** ktrace(op, ...) */
export const KTRACE = 510;
/** resume(): goes back to an application. A script does it; without one it is -EINVAL. */
export const RESUME = 511;

// Operations, in EBX.
/** LOAD(struct ktrace_load *): a number for the script, or -errno with the mistake told in `error`. */
export const KTRACE_LOAD = 1;
/** ATTACH(script, tid, flags): tid 0 = the calling thread. */
export const KTRACE_ATTACH = 2;
/** DETACH(script, tid) */
export const KTRACE_DETACH = 3;
/** UNLOAD(script) */
export const KTRACE_UNLOAD = 4;
/** READ(script, buffer, size): what its maps hold, as JSON; returns the bytes that there are. */
export const KTRACE_READ = 5;
/** DEBUG(registers): DR0 to DR7 of the calling thread, whatever mode it is in, as PTRACE_POKEUSER sets those of another. */
export const KTRACE_DEBUG = 6;

// Flags of ATTACH.
/** All threads of the process, those to come too. */
export const KTRACE_PROCESS = 1;
/** Children too, as long as they execute; scripts that change the run stay behind. */
export const KTRACE_CHILDREN = 2;
/** The thread is in mode kernel from now on; without it in mode app. */
export const KTRACE_KERNEL = 4;

/** struct ktrace_load: words of 32 bits. */
export const KTRACE_LOAD_SIZE = 24;
export const KTRACE_LOAD_AT = { text: 0, length: 4, names: 8, count: 12, error: 16, errorSize: 20 } as const;

/** struct ktrace_name: what a script may call by name. The name is zero-terminated. */
export const KTRACE_NAME_SIZE = 32;
export const KTRACE_NAME_AT = { name: 0, kind: 20, address: 24, registers: 28 } as const;
export const KTRACE_NAME_LENGTH = 20;
/** A save area: struct ktrace_frame in memory that the owner has mapped shared. */
export const KTRACE_FRAME = 1;
/** Where `goto` leads (0 = where its registers say); `registers` is a save area whose registers the thread gets first, 0 = keeps its own. */
export const KTRACE_ENTRY = 2;
/** A word of shared memory that a script can read. */
export const KTRACE_WORD = 3;
export const KTRACE_NAMES_MAX = 32;

/** struct ktrace_frame: registers as struct user_regs_struct, then why the application stopped. */
export const KTRACE_FRAME_SIZE = 96;
export const KTRACE_FRAME_AT = {
  registers: 0,
  /** KTRACE_WHY_*. */
  why: 68,
  /** Number of the call, vector or signal. */
  number: 72,
  /** The processor's error code; si_code of a signal. */
  error: 76,
  /** The address of a page fault; DR6 of a debug exception; si_addr of a signal. */
  address: 80,
  /** Mode before. */
  mode: 84,
} as const;

export const KTRACE_WHY_SYSCALL = 1;
export const KTRACE_WHY_RETURN = 2;
export const KTRACE_WHY_FAULT = 3;
export const KTRACE_WHY_SIGNAL = 4;
export const KTRACE_WHY_TICK = 5;

/** Modes of a thread. */
export const MODE_APP = 0;
export const MODE_KERNEL = 1;

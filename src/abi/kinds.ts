/**
 * The vocabulary in which the system-call table describes arguments and results: enough to print a call as strace(1)
 * does and to know which words are pointers, descriptors, paths.
 */

import type { ChoiceName, FlagSetName } from './flagsets.ts';

/** Words that mean themselves. */
type Scalar =
  | 'int'
  | 'uint'
  | 'hex'
  /** An address: hexadecimal, NULL for 0. */
  | 'ptr'
  | 'fd'
  /** A descriptor or AT_FDCWD. */
  | 'dirfd'
  | 'pid'
  | 'signal'
  /** A handler address, SIG_DFL or SIG_IGN. */
  | 'handler'
  /** User and group ids of 32 and of 16 bits; -1 is "unchanged". */
  | 'uid'
  | 'uid16'
  /** Permission bits, octal. */
  | 'mode'
  /** File type and permission bits (mknod). */
  | 'mknod'
  /** A device number: major and minor. */
  | 'dev16'
  /** A signed 32-bit offset. */
  | 'off'
  /** A 64-bit offset in two words, low first; signed, and unsigned. Takes two arguments. */
  | 'off64'
  | 'uoff64'
  /** A 64-bit offset in two words, high first (_llseek). */
  | 'off64hl'
  /** An offset in pages of 4096 bytes (mmap2). */
  | 'pgoff'
  /** The first 32 signals as a word. */
  | 'oldsigset'
  | 'ipckey'
  | 'ipcflags'
  | 'protocol'
  | 'sockopt'
  /** clone(2): flags with the exit signal in the low byte; the stack; the TLS descriptor (CLONE_SETTLS). */
  | 'cloneflags'
  | 'stack'
  | 'tls'
  /** futex(2): operation and flags. */
  | 'futexop'
  | 'futexwakeop'
  | 'futexbits'
  /** Meaning and type depend on the command before it. */
  | 'ioctlarg'
  | 'fcntlarg'
  | 'prctlarg'
  | 'seccomparg'
  | 'socketargs';

/** Words that point to memory. */
type Pointer =
  /** A path, and any other string that ends in NUL. */
  | 'path'
  | 'string'
  /** Arrays of strings. */
  | 'argv'
  | 'envp'
  /** Bytes that the call fills in; their number is its result. */
  | 'filled'
  | 'filledhex'
  /** A string that the call fills in (getcwd). */
  | 'outpath'
  /** A string that the call fills in, ended by NUL. */
  | 'outstring'
  /** Blocks of arguments (old mmap and select). */
  | 'mmapargs'
  | 'selargs'
  | 'cloneargs'
  | 'cpuset';

/** Argument indexes: where the length of a buffer or the number of elements stands. */
type Index = 0 | 1 | 2 | 3 | 4 | 5;

/** What one argument is. `bytes:2` reads as: the bytes at this address, as many as args[2] says. */
export type Kind =
  | Scalar
  | Pointer
  | `flags:${FlagSetName}`
  | `choice:${ChoiceName}`
  | `bytes:${Index}`
  /** iovec arrays of `args[n]` elements: data in, data out, addresses only. */
  | `iov:${Index}`
  | `iovfilled:${Index}`
  | `iovaddr:${Index}`
  | `pollfds:${Index}`
  /** A descriptor set of args[n] bits (select). */
  | `fdset:${Index}`
  /** A socket address of args[n] bytes; with its length behind args[n], filled in. */
  | `sockaddr:${Index}`
  | `sockaddrout:${Index}`
  /** A socket option of args[n] bytes; with its length behind args[n], filled in. */
  | `sockval:${Index}`
  | `sockvalout:${Index}`
  /** futex(2): a timeout, or a number, as the operation says. */
  | `futextime:${string}`
  /** A structure by the name of its layout (or of a printer): read, written, or both. */
  | `in:${string}`
  | `out:${string}`
  /** What is left of a time when the call was interrupted (nanosleep). */
  | `rem:${string}`
  | `inout:${string}`;

/** What a result is. */
export type Result =
  | 'int'
  | 'uid'
  | 'fd'
  | 'pid'
  | 'time'
  | 'ptr'
  | 'hex'
  | 'mode'
  | 'signal'
  | 'handler'
  | 'oldsigset'
  | 'sched'
  /** As the command says: descriptor flags, file status flags, a number. */
  | 'fcntl'
  /** A number, and which descriptors are ready. */
  | 'poll'
  | 'personality'
  /** The call does not return. */
  | 'none';

/** How many argument words a kind takes: 2 for 64-bit offsets, 1 for all others. */
export function words(kind: Kind): number {
  return kind === 'off64' || kind === 'uoff64' || kind === 'off64hl' ? 2 : 1;
}

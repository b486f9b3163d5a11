/**
 * What a kernel needs from the world it runs on. Written once by `src/host` (on the machine) and once by `src/guest`
 * (on the system calls of the kernel below). `src/kernel` knows nothing else and cannot tell the two apart.
 *
 * Every call is plain except those that may have to trap into, or wait for, the world below: these are `Kernel<T>`.
 */
import type { Books } from './audit/books.ts';
import type { Frames } from './memory/frames.ts';
import type { Queue } from './queue.ts';

/**
 * A kernel routine that may wait: a generator that yields what it waits for and is resumed with why it goes on.
 * A routine that never waits is written as a plain function instead.
 */
export type Kernel<T> = Generator<Wait, T, Wake>;

/** What a routine can wait for: something inside this kernel, or (never on the machine) the kernel below. */
export type Wait = Sleep | Below;

/** Wait on queues of this kernel until one is woken, until `until` (virtual ns, Infinity = no limit), or for a signal. */
export interface Sleep {
  readonly kind: 'sleep';
  readonly queues: readonly Queue[];
  readonly until: number;
  /** False for the short waits that no signal may end. */
  readonly interruptible: boolean;
}

/** A trap into the kernel below; made and understood by `src/guest` only, handed through by the scheduler. */
export interface Below {
  readonly kind: 'below';
}

/** Why a waiting routine goes on. */
export type Wake = 'woken' | 'timeout' | 'signal' | undefined;

/** The kernel's own physical memory. Addresses are bytes from 0 to `size - 1`; a frame is 4096 of them. */
export interface Memory {
  readonly size: number;
  load8(address: number): number;
  load16(address: number): number;
  /** Signed. */
  load32(address: number): number;
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  /** Copies `length` bytes from physical memory into `into` at `offset`. */
  read(address: number, into: Uint8Array, offset: number, length: number): void;
  /** As `read`, but not counted as bytes copied: for observers, who must leave no trace. */
  peek(address: number, into: Uint8Array, offset: number, length: number): void;
  /** Copies `length` bytes of `from`, starting at `offset`, into physical memory. */
  write(address: number, from: Uint8Array, offset: number, length: number): void;
  fill(address: number, value: number, length: number): void;
  /** Copies within physical memory; the ranges do not overlap. */
  copy(to: number, from: number, length: number): void;
}

/** Rights of a mapped page; combine with `|`. Every mapped page is readable by the application. */
export const WRITE = 1;
export const EXECUTE = 2;
/** For the rings within the applications' alone. Only where `Platform.rings`. */
export const INNER = 4;

/**
 * One application address space as the hardware or the kernel below sees it: a cache of the kernel's own page map.
 * Changes are plain calls and take effect no later than the next `run` in this space; dropping a page that the
 * application touches again only costs another fault. Pages are numbers (address >>> 12), frames are physical.
 */
export interface Space {
  /** False when no memory is left for the page table: nothing was mapped. */
  map(page: number, frame: number, rights: number): boolean;
  /**
   * As `map` for a block: 1024 pages from a multiple of 1024 on, onto as many frames likewise; needs no memory. Absent
   * where this world knows small pages only.
   */
  mapBlock?(page: number, frame: number, rights: number): void;
  /** Forgets `count` pages from `page` on. */
  unmap(page: number, count: number): void;
  /** Takes the write right from `count` pages from `page` on (copy-on-write after fork). */
  writeProtect(page: number, count: number): void;
  /** Whether the page was written since it was mapped; undefined when this world cannot tell. */
  dirty(page: number): boolean | undefined;
  /**
   * Shows ring 1 the page tables, read-only, from `page` on, a multiple of 1024: the word for page p at 4 * p, and so the
   * page directory at 4 * `page`. `unmap` ends it. Absent where this world has no rings.
   */
  showTables?(page: number): void;
  /**
   * Sets descriptor `entry` (0 to 8191) of this space's LDT, two words in the processor's format; the table reaches at
   * least that far from now on. False: no memory is left. Absent where this world has no LDTs.
   */
  setDescriptor?(entry: number, low: number, high: number): boolean;
  destroy(): void;
  /** For audits, where this world has tables to look at: claims the space's own frames, shows every page that is mapped. */
  audit?(books: Books, name: string, visit: (page: number, frame: number, writable: boolean) => void): void;
}

/** Word offsets into `Context.regs`: the order of i386 `struct user_regs_struct`. */
export const EBX = 0;
export const ECX = 1;
export const EDX = 2;
export const ESI = 3;
export const EDI = 4;
export const EBP = 5;
export const EAX = 6;
export const DS = 7;
export const ES = 8;
export const FS = 9;
export const GS = 10;
export const ORIG_EAX = 11;
export const EIP = 12;
export const CS = 13;
export const EFLAGS = 14;
export const ESP = 15;
export const SS = 16;
export const REGISTERS = 17;

/** The processor state of one thread while it is not running. */
export interface Context {
  readonly regs: Int32Array;
  /** Three TLS descriptors (GDT entries 6, 7, 8), two words each, in the processor's format; 0 = absent. */
  readonly tls: Int32Array;
  /** DR0..DR7. */
  readonly debug: Int32Array;
  /** FXSAVE image, 512 bytes; current only after `Platform.saveFpu`. */
  readonly fpu: Uint8Array;
  /**
   * The last linear address that any segment of the thread reaches, the last of a page: whatever descriptors and
   * selectors it has. 0xffffffff = no limit. Only where `Platform.segments`.
   */
  limit?: number;
  /**
   * Where int 0x80 of the thread leads instead of to the kernel: an address in ring 1, and the stack there. Only where
   * `Platform.rings`; the object is replaced, never changed.
   */
  gate?: InnerGate | undefined;
}

/** An entry to ring 1, and ESP there before the processor pushes SS, ESP, EFLAGS, CS and EIP. */
export interface InnerGate {
  readonly entry: number;
  readonly stack: number;
}

/** Why the application stopped running. One object, reused: read it before the next `run`. */
export interface Stop {
  /** `syscall`: int 0x80. `fault`: page fault. `exception`: any other vector. `quantum`: time is up. */
  why: 'syscall' | 'fault' | 'exception' | 'quantum';
  vector: number;
  /** The processor's error code: for a page fault bit 0 present, bit 1 write, bit 2 user, bit 4 fetch. */
  error: number;
  /** Page fault: the linear address. */
  address: number;
}

export interface Platform {
  /** Kernels below this one: 0 on the machine. /proc/sys/kernel/nesting tells it to the programs. */
  readonly depth: number;
  readonly memory: Memory;
  /** The frames of `memory` that are free at boot; shared with the platform, which takes its own from it. */
  readonly frames: Frames;
  /** First address above the application's range, a multiple of 4096: 0xc0000000 on the host, 0x70000000 in a guest. */
  readonly top: number;
  /** Undefined when no memory is left for it. */
  newSpace(): Space | undefined;
  /** A context with the registers of a fresh program (flat user selectors, IF set, FPU as after FNINIT). */
  newContext(): Context;
  /**
   * Runs the application until it stops, or until virtual time `until` (ns, may be Infinity); changes `context`.
   * A stop that is known at once is returned plain (always so on the machine), so that a call costs no generator.
   */
  run(space: Space, context: Context, until: number): Stop | Kernel<Stop>;
  /** Brings `context.fpu` up to date; `loadFpu` makes a changed `context.fpu` effective. */
  saveFpu(context: Context): void;
  loadFpu(context: Context): void;
  /** Forgets a context that will not run again. */
  dropContext(context: Context): void;
  /** Virtual time in ns since boot, and the wall-clock time of boot in ns since 1970 (a fixed date unless real time was asked for). */
  now(): number;
  readonly bootTime: number;
  /**
   * Counts an event of `abi/events.ts` that this kernel alone can see (signal frames, bytes copied, task switches...);
   * `call` counts a system call by number. Each is called at one choke point of the kernel.
   */
  count(event: number, amount: number): void;
  call(number: number): void;
  /** Adds modelled kernel work to virtual time. */
  charge(cycles: number): void;
  /** Virtual ns that were charged since boot: what of `now` was the kernel's own work. Absent where that cannot be told. */
  charged?(): number;
  /** Nothing can run: waits until virtual time `until` or until something arrives from outside. Returns false when nothing ever can. */
  idle(until: number): Kernel<boolean>;
  /** `count` pseudo-random bytes (a seeded generator: the same in every run). */
  random(count: number): Uint8Array;
  /** CPU description for AT_PLATFORM, AT_HWCAP and /proc/cpuinfo. */
  readonly cpu: {
    readonly platform: string;
    readonly hwcap: number;
    readonly model: string;
    readonly flags: string;
    /** CPUID leaf 1, EAX: family, model, stepping. */
    readonly signature?: number;
  };
  /** The file tree below: becomes the root. */
  readonly tree: LowerTree;
  /** Standard streams 0, 1, 2 of the whole run. */
  readonly streams: readonly [Stream, Stream, Stream];
  /** The first program has stopped itself (SIGTSTP...) and nothing else runs: suspends the whole run until it is continued from outside. */
  suspend?(signal: number): Kernel<void>;
  /** Words from the kernel to its user (unknown system call, lost tree...), one line each. */
  warn(line: string): void;
  /** Set by the kernel: called by the platform when bytes, a resize or a signal arrive from outside, between two `run`s. */
  events: Events;
  /** Optional observers for --strace and -d; absent = no cost. */
  readonly observer?: Observer;
  /** Says which frames it has for itself. */
  audit?(books: Books): void;
  /** Clients outside who may reach servers inside (--publish); absent = none. */
  readonly harbour?: Harbour;
  // Abilities that mechanisms need; an ability that is absent is absent, and what needs it is refused.
  /** `Context.limit` is there and is obeyed. */
  readonly segments?: true;
  /**
   * A context may be in ring 1: the selectors of its code and stack there. Segments of ring 1 end below `top`, whatever
   * `Context.limit` says.
   */
  readonly rings?: { readonly code: number; readonly stack: number };
}

/** Where clients from outside arrive. */
export interface Harbour {
  /** Called once by the kernel, when it can let them in. */
  open(gate: Gate): void;
}

/** How clients from outside come in; called by the platform between two `run`s only. Addresses are IPv4, the first byte highest. */
export interface Gate {
  /** A client asks for a connection to a TCP port. Returns what is to be called after `line.news` and when the line has changed. */
  connect(port: number, line: Line): () => void;
  /** A datagram for a UDP port. */
  datagram(port: number, peer: Peer, bytes: Uint8Array): void;
}

/** A TCP connection of a client outside, as the platform holds it. */
export interface Line {
  readonly address: number;
  readonly port: number;
  /** Up to `length` bytes that have come; undefined when there are none now. */
  read(length: number): Uint8Array | undefined;
  /** The client has said all, and all has been read. */
  readonly ended: boolean;
  /** The connection is gone without its end. */
  readonly broken: boolean;
  /** Bytes are taken without piling up. */
  readonly writable: boolean;
  write(bytes: Uint8Array): void;
  /** Nothing comes after what was written. */
  end(): void;
  reset(): void;
  /** Something happened inside: the function that `connect` returned wants to be called soon. */
  news(): void;
}

/** A sender of datagrams outside. */
export interface Peer {
  readonly address: number;
  readonly port: number;
  receive(bytes: Uint8Array): void;
}

/** What arrives from outside. */
export interface Events {
  /** Bytes for stream 0 (a terminal's keyboard, a pipe); an empty array is end of file. */
  input(bytes: Uint8Array): void;
  resize(rows: number, columns: number): void;
  /** A signal sent to the whole run from outside (SIGINT, SIGTERM, SIGHUP...). */
  signal(number: number): void;
}

/** A standard stream. */
export interface Stream {
  readonly kind: 'terminal' | 'file' | 'pipe' | 'null';
  /** Terminal size [rows, columns] at boot. */
  readonly size: readonly [number, number];
  /** Up to `length` bytes (files and pipes; an empty array at the end, null when nothing is there yet and `Events.input` will tell). */
  read(length: number): Kernel<Uint8Array | null>;
  /** Writes all; returns a negative errno (EPIPE, EIO, ENOSPC) on failure. */
  write(bytes: Uint8Array): Kernel<number>;
  /** Takes what is to be written before long, from who cannot wait (a terminal's echo); absent where `write` never waits. */
  post?(bytes: Uint8Array): void;
}

/** Attributes of a node of the tree below. */
export interface LowerStat {
  readonly node: number;
  /** S_IFMT bits and permissions. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly nlink: number;
  readonly rdev: number;
  /** ns since 1970. */
  readonly mtime: number;
  readonly ctime: number;
}

/**
 * The file tree below, one component at a time: names are single components (no '/', '.', '..'), links are not
 * followed, so no path can leave the tree. Numbers below 0 are errnos. Nodes are handles that stay valid.
 */
export interface LowerTree {
  readonly root: number;
  /** True: changes go through to it (`--rw`); false: changes stay in the kernel's own layer. */
  readonly writable: boolean;
  stat(node: number): Kernel<LowerStat | number>;
  lookup(directory: number, name: string): Kernel<LowerStat | number>;
  /** Sorted by name: the order must not depend on the world below. */
  list(directory: number): Kernel<readonly { readonly name: string; readonly type: number }[] | number>;
  readlink(node: number): Kernel<string | number>;
  /** Reads into physical memory at `address`; returns the count, 0 at the end. */
  read(node: number, position: number, address: number, length: number): Kernel<number>;
  /** The rest only when `writable`. */
  write(node: number, position: number, address: number, length: number): Kernel<number>;
  truncate(node: number, size: number): Kernel<number>;
  create(directory: number, name: string, mode: number, target?: string): Kernel<LowerStat | number>;
  remove(directory: number, name: string, isDirectory: boolean): Kernel<number>;
  link(directory: number, name: string, node: number): Kernel<number>;
  rename(from: number, name: string, to: number, newName: string): Kernel<number>;
  setattr(
    node: number,
    change: { mode?: number; uid?: number; gid?: number; mtime?: number; atime?: number },
  ): Kernel<number>;
}

/** A system call, a signal or an exit, as it passes the kernel's choke point. */
export interface Observer {
  /** `user` reads user memory of the caller as far as it is mapped (shorter when not); it is valid only during the call. */
  enter(pid: number, number: number, args: Int32Array, user: UserReader): void;
  leave(pid: number, number: number, args: Int32Array, result: number, user: UserReader): void;
  /** `info` is the 128-byte siginfo. */
  signal(pid: number, number: number, info: Uint8Array): void;
  /** `status` as wait4 reports it. */
  exit(pid: number, status: number): void;
  /** A clause of a script acted on an event of a task (ktrace): its line, from 1, and its text. */
  script?(pid: number, line: number, clause: string): void;
}
export type UserReader = (address: number, length: number) => Uint8Array;

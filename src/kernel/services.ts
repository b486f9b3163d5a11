/**
 * The kernel's services and all that they may say to each other: numbers, strings and byte ranges in physical memory,
 * never shared objects. A link between services is a function call here; it can become a crossing.
 *
 *   tasks      processes, threads, signals, wait, scheduling           src/kernel/tasks
 *   memory     address spaces, demand paging, copy-on-write            src/kernel/memory
 *   files      descriptors, name space, file systems, pipes, poll      src/kernel/files
 *   terminals  line discipline, sessions' terminals                    src/kernel/terminals
 *   time       clocks, timers                                          src/kernel/time
 *
 * A negative result is -errno.
 */
import type { CapabilitySet } from './capabilities.ts';
import type { Kernel } from './platform.ts';

/** Byte ranges in physical memory that together hold (part of) a caller's buffer: pairs address, length. */
export type Ranges = readonly number[];

/** Identity under which the files service judges access. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Real ids, for access(2); uid and gid above are those that count for files (fsuid, fsgid). */
  readonly realUid: number;
  readonly realGid: number;
  /** Capabilities in effect; absent: they follow the uid. */
  readonly effective?: CapabilitySet;
  readonly permitted?: CapabilitySet;
}

/** From where execveat(2) names a program: a descriptor (or AT_FDCWD), and whether a last link is followed. */
export interface ExecutableFrom {
  readonly table: number;
  readonly fd: number;
  readonly follow: boolean;
}

/** What the tasks and memory services ask of the files service. `table` is a descriptor table's handle, `file` an open file's. */
export interface Files {
  /** A new table with descriptors 0, 1, 2 on the standard streams, and with the same handle places with cwd at `cwd`; `group` is the terminal's foreground group. */
  boot(cwd: string, group?: number): Kernel<number>;
  /** A copy for fork; `share` returns the same table with one more user (CLONE_FILES). */
  fork(table: number): number;
  share(table: number): number;
  /** The same for the record of cwd, root and umask (CLONE_FS). */
  forkPlaces(places: number): number;
  sharePlaces(places: number): number;
  releasePlaces(places: number): void;
  /** Closes what is marked close-on-exec. */
  exec(table: number): Kernel<void>;
  release(table: number): Kernel<void>;
  /** Opens a regular file for execution by path (relative to the cwd); returns an open file's handle. Checks x permission. */
  openExecutable(
    places: number,
    path: string,
    credentials: Credentials,
    pid: number,
    from?: ExecutableFrom,
  ): Kernel<number>;
  /** An open file behind a descriptor, with one more reference (mmap); flags as in open are checked by the caller with `accessMode`. */
  fileOf(table: number, fd: number): number;
  accessMode(file: number): number;
  /** Whether its mount forbids to execute what is in it (MS_NOEXEC). */
  isNoExec(file: number): boolean;
  hold(file: number): void;
  drop(file: number): Kernel<void>;
  /** Reads into ranges at `position`; does not move the file offset. */
  readAt(file: number, position: number, ranges: Ranges): Kernel<number>;
  writeAt(file: number, position: number, ranges: Ranges): Kernel<number>;
  size(file: number): number;
  /** The page cache's frame for page `index` of the file, filled; the caller gets a frame reference (Frames.hold). -errno on failure. */
  page(file: number, index: number): Kernel<number>;
  /** As `page`, when the frame is at hand without waiting; 0 when it is not (then `page` brings it); -errno past the end. */
  pageNow(file: number, index: number): number;
  /**
   * The first frame of the block of frames that holds the 1024 pages of a file in memory from `index` (a multiple of 1024)
   * on; 0 = they are no block. With `make` they become one where all of them are a hole before the file's end. The caller
   * gets a reference to the block (Frames.holdBlock).
   */
  block(file: number, index: number, make: boolean): number;
  /** The page was (or may have been) changed through a shared mapping. */
  dirtied(file: number, index: number): void;
  /** Whether a file's pages are nowhere but in memory (tmpfs, memfd). */
  inMemory(file: number): boolean;
  /** 0: pages can be mapped; 1: stands for anonymous memory (/dev/zero); -ENODEV: neither. */
  mappable(file: number): number;
  /** What arrives from outside for the terminal or the standard input (platform.events). */
  input(bytes: Uint8Array): void;
  resize(rows: number, columns: number): void;
  /** Whether descriptors of this table still lead to the run's standard output or error. */
  holdsStreams(table: number): boolean;
  /** The leader of `session` has ended: its controlling terminal (device number) is given up, TIOCNOTTY's signals are sent. */
  sessionEnded(session: number, terminal: number): void;
  /** Absolute path, device number, inode and mode for /proc/PID/maps, exe, and setuid. */
  describe(file: number): {
    readonly path: string;
    readonly device: number;
    readonly inode: number;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    /** The attribute security.capability. */
    readonly capabilities: Uint8Array | undefined;
  };
}

/** Who gets the signals of a file (F_SETOWN of fcntl(2)), and who said so. */
export interface FileOwner {
  readonly kind: 'thread' | 'process' | 'group';
  readonly id: number;
  /** Ids of who named the owner. */
  readonly uid: number;
  readonly effectiveUid: number;
}

/** si_code, si_band and si_fd of a file's signal. */
export type SignalDetails = readonly [code: number, band: number, fd: number];

/** What the files service (and /proc in it) asks of the tasks service. Pids are numbers; 0 = none. */
export interface Tasks {
  pids(): readonly number[];
  /** Plain facts about one process or thread for /proc and ps; undefined when it is gone. */
  describe(pid: number): TaskFacts | undefined;
  /** Sends a signal from the kernel to a process group (terminal signals, SIGHUP) or a process (SIGPIPE, SIGIO). */
  signalGroup(group: number, signal: number): void;
  signal(pid: number, signal: number): void;
  /** Sends a file's signal to its owner, with details or (SIGIO) without. */
  signalOwner(owner: FileOwner, signal: number, details: SignalDetails | undefined): void;
  ownerExists(kind: FileOwner['kind'], id: number): boolean;
  credentials(pid: number): Credentials;
  /** Soft resource limit (RLIMIT_*), Infinity when there is none. */
  limit(pid: number, resource: number): number;
  /** Device number of a session's controlling terminal, 0 = none. */
  terminalOf(session: number): number;
  setTerminal(session: number, device: number): void;
  /** Whether a process group exists in the session. */
  groupInSession(group: number, session: number): boolean;
  /** The caller's session and process group, and whether the group is orphaned (line discipline). */
  session(pid: number): number;
  group(pid: number): number;
  orphaned(group: number): boolean;
  /** Whether a signal is blocked or ignored by a process (background terminal access). */
  blocksOrIgnores(pid: number, signal: number): boolean;
  /** More about a process or thread. */
  details(tid: number): TaskDetails | undefined;
  /** 0 when `asker` may look into a task as ptrace(2) does, else -EPERM; -ESRCH. */
  mayInspect(asker: number, tid: number): number;
  /** Moves bytes from or (`write`) to a task's memory, whatever its protection: how many, or -EIO. */
  memory(tid: number, address: number, bytes: Uint8Array, write: boolean): Kernel<number>;
  /** Gives a thread another name (comm). */
  rename(tid: number, name: string): void;
  /** The text of /proc/sysvipc/msg, sem or shm. */
  ipcTable(name: 'msg' | 'sem' | 'shm'): string;
}

/** What /proc tells of a task beside what every listing shows. */
export interface TaskDetails {
  /** Who traces it, 0 = nobody. */
  readonly tracer: number;
  /** Page faults without a wait; of children that were waited for, with their times in ns. */
  readonly faults: number;
  readonly childFaults: number;
  readonly childUserTime: number;
  readonly childSystemTime: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  readonly exitSignal: number;
  readonly personality: number;
  /** start_code, end_code, start_data, end_data; start_stack, start_brk; arg_start, arg_end, env_start, env_end. */
  readonly image: readonly [number, number, number, number];
  readonly bounds: readonly [
    stack: number,
    heap: number,
    argStart: number,
    argEnd: number,
    envStart: number,
    envEnd: number,
  ];
  readonly auxiliary: Uint8Array;
  /** The call that it waits in with its arguments, ESP and EIP; undefined while it runs. */
  readonly call:
    | { readonly number: number; readonly args: readonly number[]; readonly esp: number; readonly eip: number }
    | undefined;
}

export interface TaskFacts {
  readonly pid: number;
  /** The thread; the pid for the process as a whole. */
  readonly tid: number;
  /** All threads of the process. */
  readonly tids: readonly number[];
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Device number of the controlling terminal, 0 = none. */
  readonly terminal: number;
  readonly state: 'R' | 'S' | 'D' | 'T' | 't' | 'Z';
  readonly name: string;
  readonly commandLine: readonly string[];
  readonly environment: readonly string[];
  readonly executable: string;
  /** Handle of its open file, which may be gone; 0 = none. */
  readonly executableFile: number;
  readonly uid: number;
  readonly gid: number;
  readonly threads: number;
  /** ns of virtual time. */
  readonly userTime: number;
  readonly systemTime: number;
  readonly startTime: number;
  /** Bytes. */
  readonly virtualSize: number;
  readonly residentPages: number;
  /** /proc/PID/maps, already formatted lines. */
  maps(): string;
  /** /proc/PID/smaps, smaps_rollup and statm, and the lines of /proc/PID/status about memory. */
  smaps(): string;
  rollup(): string;
  statm(): string;
  memoryStatus(): readonly string[];
  /** Descriptor table, for /proc/PID/fd. */
  readonly files: number;
  /** Working directory, root and umask, for /proc/PID/cwd and root. */
  readonly places: number;
  /** CapInh, CapPrm, CapEff, CapBnd, CapAmb as /proc/PID/status shows them. */
  readonly capabilities: Readonly<Record<string, string>>;
  readonly noNewPrivileges: boolean;
  /** SECCOMP_MODE_*, 0 = none, and how many filters there are. */
  readonly seccomp: number;
  readonly seccompFilters: number;
  readonly pendingSignals: number;
  readonly blockedSignals: number;
  readonly ignoredSignals: number;
  readonly caughtSignals: number;
  readonly nice: number;
}

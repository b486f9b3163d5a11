/** A small world for the files service: memory in an ArrayBuffer, a tree of objects, one process. */
import { EFAULT, EIO, ENAMETOOLONG, ENOENT } from '../../../src/abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../../src/abi/flags.ts';
import type { Caller, Row } from '../../../src/kernel/call.ts';
import { fileCalls } from '../../../src/kernel/calls/file-calls.ts';
import { FileService, type FileSettings } from '../../../src/kernel/files/service.ts';
import { Frames, PAGE } from '../../../src/kernel/memory/frames.ts';
import type { Kernel, LowerStat, LowerTree, Memory, Platform, Sleep, Stream } from '../../../src/kernel/platform.ts';
import type { Credentials, TaskFacts, Tasks } from '../../../src/kernel/services.ts';

/** A tree below: text = file, { link } = symbolic link, other objects = directories. */
export type Tree = { readonly [name: string]: string | { readonly link: string } | Tree };

export class FakeMemory implements Memory {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly size: number;
  constructor(size: number) {
    this.size = size;
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }
  load8 = (a: number) => this.bytes[a];
  load16 = (a: number) => this.#view.getUint16(a, true);
  load32 = (a: number) => this.#view.getInt32(a, true);
  store8 = (a: number, v: number) => void (this.bytes[a] = v);
  store16 = (a: number, v: number) => this.#view.setUint16(a, v, true);
  store32 = (a: number, v: number) => this.#view.setInt32(a, v, true);
  read(address: number, into: Uint8Array, offset: number, length: number) {
    into.set(this.bytes.subarray(address, address + length), offset);
  }

  peek(address: number, into: Uint8Array, offset: number, length: number) {
    into.set(this.bytes.subarray(address, address + length), offset);
  }
  write(address: number, from: Uint8Array, offset: number, length: number) {
    this.bytes.set(from.subarray(offset, offset + length), address);
  }
  fill(address: number, value: number, length: number) {
    this.bytes.fill(value, address, address + length);
  }
  copy(to: number, from: number, length: number) {
    this.bytes.copyWithin(to, from, from + length);
  }
}

interface FakeNode {
  mode: number;
  text: string;
  names: Map<string, number>;
}

/** A lower tree over objects, which counts how often it is asked. */
export class FakeTree implements LowerTree {
  readonly root = 0;
  readonly writable = false;
  readonly nodes: FakeNode[] = [];
  asked = 0;
  readonly #memory: Memory;
  constructor(tree: Tree, memory: Memory) {
    this.#memory = memory;
    this.#add(tree);
  }
  #add(what: Tree[string]): number {
    const node: FakeNode = { mode: S_IFDIR | 0o755, text: '', names: new Map() };
    const number = this.nodes.push(node) - 1;
    if (typeof what === 'string') Object.assign(node, { mode: S_IFREG | 0o644, text: what });
    else if (typeof what.link === 'string') Object.assign(node, { mode: S_IFLNK | 0o777, text: what.link });
    else for (const [name, child] of Object.entries(what as Tree)) node.names.set(name, this.#add(child));
    return number;
  }
  #stat(node: number): LowerStat {
    const { mode, text } = this.nodes[node];
    return { node, mode, uid: 0, gid: 0, size: text.length, nlink: 1, rdev: 0, mtime: 1e18, ctime: 1e18 };
  }
  *stat(node: number) {
    return this.#stat(node);
  }
  *lookup(directory: number, name: string) {
    this.asked++;
    const node = this.nodes[directory].names.get(name);
    return node === undefined ? -ENOENT : this.#stat(node);
  }
  *list(directory: number) {
    return [...this.nodes[directory].names].sort().map(([name, node]) => ({ name, type: this.nodes[node].mode >> 12 }));
  }
  *readlink(node: number) {
    return this.nodes[node].text;
  }
  *read(node: number, position: number, address: number, length: number) {
    const text = this.nodes[node].text.slice(position, position + length);
    for (let i = 0; i < text.length; i++) this.#memory.store8(address + i, text.charCodeAt(i));
    return text.length;
  }
  *#refuse(): Kernel<number> {
    throw new Error('the tree below was changed');
  }
  write = () => this.#refuse();
  truncate = () => this.#refuse();
  create = () => this.#refuse();
  remove = () => this.#refuse();
  link = () => this.#refuse();
  rename = () => this.#refuse();
  setattr = () => this.#refuse();
}

export class FakeStream implements Stream {
  readonly kind: Stream['kind'];
  readonly size = [24, 80] as const;
  output = '';
  input: (string | null)[] = [];
  constructor(kind: Stream['kind']) {
    this.kind = kind;
  }
  *read(): Kernel<Uint8Array | null> {
    const next = this.input.shift();
    return next === undefined ? new Uint8Array(0) : next === null ? null : bytes(next);
  }
  *write(data: Uint8Array): Kernel<number> {
    this.output += String.fromCharCode(...data);
    return data.length;
  }
}

export const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Where the fake program's buffers lie: user addresses are physical ones here. */
const USER = 0x10000;
const USER_END = 0x80000;
const FRAMES = USER_END / PAGE;

export interface FakeOptions {
  readonly tree?: Tree;
  /** Instead of `tree`: any tree below. */
  readonly lower?: (memory: Memory) => LowerTree;
  readonly streams?: readonly [FakeStream, FakeStream, FakeStream];
  readonly settings?: FileSettings;
  readonly frames?: number;
}

/** The service with one process (pid 1), and its system calls by name. */
export class World {
  readonly memory: FakeMemory;
  readonly frames: Frames;
  readonly tree: FakeTree;
  readonly streams: readonly [FakeStream, FakeStream, FakeStream];
  readonly service: FileService;
  readonly signals: [target: string, number: number][] = [];
  credentials: Credentials = { uid: 0, gid: 0, groups: [], realUid: 0, realGid: 0 };
  limits: Record<number, number> = {};
  groups: Record<number, number> = { 1: 1 };
  sessions: Record<number, number> = { 1: 1 };
  blocked = new Set<number>();
  isOrphaned = false;
  terminals: Record<number, number> = {};
  time = 0;
  table = 0;
  pid = 1;
  /** The sleep that the last call ended in, when it did. */
  sleep: Sleep | undefined;
  #heap = USER;
  #kept = USER;

  constructor(options: FakeOptions = {}) {
    const end = FRAMES + (options.frames ?? 512);
    this.memory = new FakeMemory(end * PAGE);
    this.frames = new Frames(FRAMES, end);
    this.tree = new FakeTree(options.tree ?? {}, this.memory);
    this.streams = options.streams ?? [new FakeStream('null'), new FakeStream('file'), new FakeStream('file')];
    let seed = 1;
    const platform = {
      memory: this.memory,
      frames: this.frames,
      tree: options.lower?.(this.memory) ?? this.tree,
      streams: this.streams,
      depth: 0,
      bootTime: 1.6e18,
      now: () => this.time,
      random: (count: number) => Uint8Array.from({ length: count }, () => (seed = (seed * 75) % 65537) & 0xff),
      cpu: { platform: 'i686', hwcap: 0, model: 'test', flags: 'fpu', signature: 0x652 },
    } as unknown as Platform;
    this.service = new FileService(platform, this.#tasks(), options.settings);
    const table = drive(this.service.boot('/')) as number;
    if (table < 0) throw new Error(`boot: ${table}`);
    this.table = table;
  }

  #tasks(): Tasks {
    return {
      pids: () => Object.keys(this.groups).map(Number),
      describe: (pid) => this.#facts(pid),
      signalGroup: (group, number) => void this.signals.push([`group ${group}`, number]),
      signal: (pid, number) => void this.signals.push([`pid ${pid}`, number]),
      signalOwner: ({ kind, id }, number) => void this.signals.push([`${kind} ${id}`, number]),
      ownerExists: () => true,
      credentials: () => this.credentials,
      limit: (_pid, resource) => this.limits[resource] ?? Number.POSITIVE_INFINITY,
      terminalOf: (session) => this.terminals[session] ?? 0,
      setTerminal: (session, device) => void (this.terminals[session] = device),
      groupInSession: (group, session) =>
        Object.entries(this.groups).some(([pid, g]) => g === group && this.sessions[Number(pid)] === session),
      session: (pid) => this.sessions[pid] ?? 0,
      group: (pid) => this.groups[pid] ?? 0,
      orphaned: () => this.isOrphaned,
      blocksOrIgnores: (_pid, number) => this.blocked.has(number),
      ipcTable: () => '',
      details: () => undefined,
      mayInspect: () => 0,
      *memory() {
        return -EIO;
      },
      rename: () => undefined,
    };
  }

  #facts(pid: number): TaskFacts | undefined {
    if (!(pid in this.groups)) return undefined;
    return {
      pid,
      tid: pid,
      tids: [pid],
      parent: 0,
      group: this.groups[pid],
      session: this.sessions[pid],
      terminal: this.terminals[this.sessions[pid]] ?? 0,
      state: 'R',
      name: 'test',
      commandLine: ['test', 'a b'],
      environment: ['HOME=/'],
      executable: '/bin/test',
      executableFile: 0,
      uid: this.credentials.uid,
      gid: this.credentials.gid,
      threads: 1,
      userTime: 0,
      systemTime: 0,
      startTime: 0,
      virtualSize: 8192,
      residentPages: 2,
      maps: () => '',
      smaps: () => '',
      rollup: () => '',
      statm: () => '',
      memoryStatus: () => [],
      files: this.table,
      capabilities: { CapInh: '0000000000000000' },
      noNewPrivileges: false,
      seccomp: 0,
      seccompFilters: 0,
      places: this.table,
      pendingSignals: 0,
      blockedSignals: 0,
      ignoredSignals: 0,
      caughtSignals: 0,
      nice: 0,
    };
  }

  /** Puts bytes or a string (with its zero) into user memory; the address. */
  put(what: string | Uint8Array): number {
    const data = typeof what === 'string' ? bytes(`${what}\0`) : what;
    const address = this.room(data.length);
    this.memory.write(address, data, 0, data.length);
    return address;
  }

  /** Room given out so far is never given out again. */
  keepFrom(): void {
    this.#kept = this.#heap;
  }

  /** Room in user memory; when it is full it begins anew. */
  room(length: number): number {
    if (this.#heap + length > USER_END) this.#heap = this.#kept;
    const address = this.#heap;
    this.#heap += (length + 7) & ~7;
    if (this.#heap > USER_END) throw new Error('test: user memory is full');
    return address;
  }

  /** A caller with these arguments; strings are put into memory first. */
  caller(args: readonly (number | string)[], table = this.table, pid = this.pid): Caller {
    const words = args.map((arg) => (typeof arg === 'string' ? this.put(arg) : arg));
    const { memory } = this;
    const good = (address: number, length: number) => (address >= USER && address + length <= USER_END ? 0 : -EFAULT);
    return {
      args: Int32Array.from({ length: 6 }, (_, i) => words[i] ?? 0),
      pid,
      tid: pid,
      table,
      places: this.table,
      credentials: this.credentials,
      services: { files: this.service, tasks: this.service.core.tasks } as unknown as Caller['services'],
      limit: (resource) => this.limits[resource] ?? Number.POSITIVE_INFINITY,
      signalled: () => false,
      restart: () => -516,
      useMask: () => {},
      endMask: () => {},
      user: {
        readable: good,
        writable: good,
        load8: memory.load8,
        load16: memory.load16,
        load32: memory.load32,
        store8: memory.store8,
        store16: memory.store16,
        store32: memory.store32,
        bytes: (address: number, length: number) =>
          good(address, length) || memory.bytes.slice(address, address + length),
        write: (address: number, data: Uint8Array) => {
          const bad = good(address, data.length);
          if (bad === 0) memory.write(address, data, 0, data.length);
          return bad;
        },
        string: (address: number, limit = 4096) => {
          if (good(address, 1) < 0) return -EFAULT;
          const end = memory.bytes.indexOf(0, address);
          if (end - address >= limit) return -ENAMETOOLONG;
          return String.fromCharCode(...memory.bytes.subarray(address, end));
        },
        ranges: (address: number, length: number) => {
          if (length === 0) return [];
          if (address < USER || address >= USER_END) return -EFAULT;
          return [address, Math.min(length, 0x10000, USER_END - address)];
        },
      } as unknown as Caller['user'],
    };
  }

  /** Makes a system call that must not sleep; its result. */
  call(name: string, ...args: (number | string)[]): number {
    const started = this.start(name, ...args);
    const result = started.go();
    if (result === undefined) throw new Error(`${name} sleeps`);
    return result;
  }

  /** Starts a system call that may sleep: `go` runs it (on) and gives the result, or undefined while it sleeps. */
  start(name: string, ...args: (number | string)[]): Pending {
    return this.startAs(this.table, this.pid, name, ...args);
  }

  /** As `start`, for another table and pid. */
  startAs(table: number, pid: number, name: string, ...args: (number | string)[]): Pending {
    const row = rowOf(name);
    return new Pending(row.run(this.caller(args, table, pid)));
  }

  /** Text at a user address. */
  text(address: number, length: number): string {
    return String.fromCharCode(...this.memory.bytes.subarray(address, address + length));
  }

  /** Reads up to `length` bytes of a descriptor as text; -errno as number. */
  read(fd: number, length = 4096): string | number {
    const address = this.room(length);
    const count = this.call('read', fd, address, length);
    return count < 0 ? count : this.text(address, count);
  }

  write(fd: number, text: string): number {
    return this.call('write', fd, this.put(bytes(text)), text.length);
  }

  open(path: string, flags = 0, mode = 0o666): number {
    return this.call('open', path, flags, mode);
  }

  /** All of a file, by path. */
  contents(path: string): string | number {
    const fd = this.open(path);
    if (fd < 0) return fd;
    let all = '';
    for (;;) {
      const part = this.read(fd, 16384);
      if (typeof part === 'number' || part === '') break;
      all += part;
    }
    this.call('close', fd);
    return all;
  }
}

const rows = new Map<string, Row>(fileCalls.map((row) => [row.name, row]));

function rowOf(name: string): Row {
  const row = rows.get(name);
  if (!row) throw new Error(`no system call ${name}`);
  return row;
}

/** A call on its way. */
export class Pending {
  #result: number | undefined;
  readonly #routine: Kernel<number> | undefined;
  sleep: Sleep | undefined;
  constructor(outcome: number | Kernel<number>) {
    if (typeof outcome === 'number') this.#result = outcome;
    else this.#routine = outcome;
  }
  go(why: 'woken' | 'signal' | 'timeout' = 'woken'): number | undefined {
    if (this.#result !== undefined || !this.#routine) return this.#result;
    const step = this.#routine.next(this.sleep ? why : undefined);
    if (step.done) this.#result = step.value;
    else if (step.value.kind === 'sleep') this.sleep = step.value;
    return this.#result;
  }
}

/** Runs a kernel routine that never waits. */
export function drive<T>(routine: Kernel<T>): T {
  const step = routine.next();
  if (!step.done) throw new Error('the routine waits');
  return step.value;
}

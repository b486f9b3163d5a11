import { EACCES, EBADF, EIO, ELOOP, ENODEV } from '../../abi/errno.ts';
import { AT_FDCWD, MS_NOEXEC, MS_NOSUID, O_ACCMODE, O_RDONLY, S_ISGID, S_ISUID } from '../../abi/flags.ts';
import type { Books } from '../audit/books.ts';
import { StreamState } from '../dev/stream.ts';
import { BLOCK, PAGE } from '../memory/frames.ts';
import type { Kernel, Platform } from '../platform.ts';
import { procFs } from '../proc/proc.ts';
import { sysFs } from '../proc/sys.ts';
import type { Credentials, ExecutableFrom, Files, Ranges, Tasks } from '../services.ts';
import { Terminals } from '../terminals/service.ts';
import { auditFiles } from './audit.ts';
import { addDevices, DEVICE, KERNEL, mountAll, openStreams, TERMINAL, terminalStream } from './boot.ts';
import { type LayerChange, layerChanges } from './changes.ts';
import { Clock } from './clock.ts';
import type { FilesCore } from './core.ts';
import { Devices } from './devices.ts';
import { Layer, type LayerData, type LayerLimits } from './layer.ts';
import { breakLeases } from './lease.ts';
import { LockWaits } from './locks.ts';
import { Nameless } from './nameless.ts';
import { Namespace, type Place, shownPath } from './namespace.ts';
import type { Inode } from './node.ts';
import { openForExecution } from './open.ts';
import { dropFile, type OpenFile } from './open-file.ts';
import { PageCache } from './page-cache.ts';
import { Places } from './places.ts';
import { regular, writeNode } from './regular.ts';
import type { RootFs } from './root.ts';
import { Table } from './table.ts';
import { Through } from './through.ts';
import { type Viewpoint, walk } from './walk.ts';

/** umask of the first program, that of a usual login. */
const FIRST_UMASK = 0o022;
/** Names that a layer may hold at least. */
const NAMES_MIN = 65536;

/** Nothing to wait for. */
function* nothing(): Kernel<void> {}

/** Choices of a run that the platform does not make. */
export interface FileSettings {
  /** Size limits of the layer over the root; half of memory, and four names a page of memory, where not given. */
  readonly layer?: LayerLimits;
}

/** The files service: descriptors, name space, file systems (see services.ts for what others ask of it). */
export class FileService implements Files {
  readonly core: FilesCore;
  /** The file system at the root: a layer over the tree below, or that tree itself. */
  readonly rootFs: Layer | Through;
  readonly #platform: Platform;
  readonly #tables = new Map<number, Table>();
  readonly #places = new Map<number, Places>();
  readonly #limits: LayerLimits;
  /** Open files of the run's standard output and error. */
  readonly #outputs = new Set<OpenFile>();
  #input: StreamState | undefined;
  /** Of a table or a record of places; the first of each has the same. */
  #nextHandle = 1;
  #root: Place | undefined;
  /** The root that the run began with: programs may go on from another (pivot_root(2)). */
  #first: Place | undefined;

  constructor(platform: Platform, tasks: Tasks, settings: FileSettings = {}) {
    this.#platform = platform;
    const { memory, frames } = platform;
    const clock = new Clock(() => platform.now(), platform.bootTime);
    const cache = new PageCache(memory, frames);
    this.#limits = settings.layer ?? {
      bytes: (frames.total * PAGE) / 2,
      names: Math.max(NAMES_MIN, frames.total * 4),
    };
    this.core = {
      memory,
      frames,
      cache,
      clock,
      tasks,
      namespace: new Namespace(),
      devices: new Devices(),
      nameless: new Nameless(clock, DEVICE.pipe),
      terminals: new Terminals(tasks, () => platform.now()),
      lockWaits: new LockWaits(),
      truncated: () => {},
      pts: undefined,
      random: (count) => platform.random(count),
      detached: new Set(),
      taskPlaces: () => this.taskPlaces(),
      open: new Map(),
      nextHandle: 1,
      nextDevice: 0,
    };
    const limits = this.#limits;
    const { tree } = platform;
    this.rootFs = tree.writable
      ? new Through(cache, clock, DEVICE.root, tree)
      : new Layer({ cache, clock, device: DEVICE.root, limits, tree, type: 'ext4' });
  }

  /** The root of the whole tree; only after `boot`. */
  get root(): Place {
    if (!this.#root) throw new Error('files: not booted');
    return this.#root;
  }

  *boot(cwd: string, group = 1): Kernel<number> {
    const { core } = this;
    const { streams } = this.#platform;
    const stream = terminalStream(streams);
    if (stream) {
      const terminal = core.terminals.create(TERMINAL, stream, stream.size);
      terminal.session = 1;
      terminal.group = group;
      core.tasks.setTerminal(1, TERMINAL);
    }
    addDevices(core);
    const proc = procFs(this, this.#platform);
    const root = yield* mountAll(core, this.rootFs as RootFs, this.#limits, proc, sysFs(core, DEVICE.sys));
    if (typeof root === 'number') return root;
    this.#root = this.#first = root;
    const table = new Table(core, this.#nextHandle++);
    this.#tables.set(table.handle, table);
    const places = new Places(table.handle, root, root, FIRST_UMASK);
    this.#places.set(places.handle, places);
    const files = yield* openStreams(core, root, streams);
    for (const file of files) table.add(file, false, 3);
    this.#outputs.add(files[1]).add(files[2]);
    if (files[0].state instanceof StreamState) this.#input = files[0].state;
    const start = yield* walk(this.view(places.handle, KERNEL), cwd, true);
    if (typeof start === 'number') return start;
    places.cwd = start;
    return table.handle;
  }

  /** Reports all that the layer over the root changed (--save); 0, or -errno of the tree below. Nothing when changes went through. */
  *changes(visit: (change: LayerChange) => Kernel<void>): Kernel<number> {
    const { rootFs } = this;
    if (rootFs instanceof Through) return 0;
    return yield* layerChanges(rootFs, (this.#first as Place).dentry.node as Inode<LayerData>, visit);
  }

  /** The descriptor table behind a handle. */
  table(handle: number): Table {
    const table = this.#tables.get(handle);
    if (!table) throw new Error(`files: no descriptor table ${handle}`);
    return table;
  }

  /** The working directories and roots of all tasks. */
  *taskPlaces(): Iterable<Place> {
    for (const { cwd, root } of this.#places.values()) {
      yield cwd;
      yield root;
    }
  }

  /** Leads all tasks that stand at one place, or have it as their root, to another (pivot_root(2)). */
  lead(from: Place, to: Place): void {
    const isThere = (place: Place) => place.mount === from.mount && place.dentry === from.dentry;
    for (const places of this.#places.values()) {
      if (isThere(places.root)) places.root = to;
      if (isThere(places.cwd)) places.cwd = to;
    }
    if (this.#root && isThere(this.#root)) this.#root = to;
  }

  /** What a file system that a program mounts may hold. */
  get mountLimits(): LayerLimits {
    return this.#limits;
  }

  /** As `table`, for a process that may have ended. */
  tableIfAny(handle: number): Table | undefined {
    return this.#tables.get(handle);
  }

  /** The working directory, root and umask behind a handle. */
  places(handle: number): Places {
    const places = this.#places.get(handle);
    if (!places) throw new Error(`files: no places ${handle}`);
    return places;
  }

  /** As `places`, for a process that may have ended. */
  placesIfAny(handle: number): Places | undefined {
    return this.#places.get(handle);
  }

  /** From where paths of a task with these places are walked. */
  view(places: number, who: Credentials, pid = 0): Viewpoint {
    const { root, cwd, umask } = this.places(places);
    return { namespace: this.core.namespace, root, start: cwd, umask, who, pid };
  }

  /** The open file behind a handle. */
  #file(handle: number): OpenFile {
    const file = this.core.open.get(handle);
    if (!file) throw new Error(`files: no open file ${handle}`);
    return file;
  }

  fork(handle: number): number {
    const table = this.table(handle).copy(this.#nextHandle++);
    this.#tables.set(table.handle, table);
    return table.handle;
  }

  share(handle: number): number {
    this.table(handle).users++;
    return handle;
  }

  forkPlaces(handle: number): number {
    const { cwd, root, umask } = this.places(handle);
    const copy = new Places(this.#nextHandle++, cwd, root, umask);
    this.#places.set(copy.handle, copy);
    return copy.handle;
  }

  sharePlaces(handle: number): number {
    this.places(handle).users++;
    return handle;
  }

  releasePlaces(handle: number): void {
    if (--this.places(handle).users === 0) this.#places.delete(handle);
  }

  exec(handle: number): Kernel<void> {
    this.table(handle).exec();
    return nothing();
  }

  release(handle: number): Kernel<void> {
    const table = this.table(handle);
    if (--table.users === 0) {
      table.clear();
      this.#tables.delete(handle);
      this.core.collect?.();
    }
    return nothing();
  }

  *openExecutable(
    places: number,
    path: string,
    credentials: Credentials,
    pid: number,
    from?: ExecutableFrom,
  ): Kernel<number> {
    const view = this.view(places, credentials, pid);
    const base = from && from.fd !== AT_FDCWD ? this.table(from.table).get(from.fd) : undefined;
    if (from && from.fd !== AT_FDCWD && !path.startsWith('/') && !base) return -EBADF;
    const start = base?.place ?? view.start;
    const place = path === '' ? start : yield* walk({ ...view, start }, path, from?.follow ?? true);
    if (typeof place === 'number') return place;
    if (place.dentry.node.isLink) return -ELOOP;
    const refused = place.dentry.node.leases ? yield* breakLeases(this.core, place.dentry.node, O_RDONLY) : 0;
    if (refused < 0) return refused;
    const file = openForExecution(this.core, place, view);
    return typeof file === 'number' ? file : file.handle;
  }

  fileOf(table: number, fd: number): number {
    const file = this.table(table).get(fd);
    if (!file || file.isPath) return -EBADF;
    file.users++;
    return file.handle;
  }

  accessMode(file: number): number {
    return this.#file(file).flags & O_ACCMODE;
  }

  isNoExec(file: number): boolean {
    return (this.#file(file).place.mount.flags & MS_NOEXEC) !== 0;
  }

  hold(file: number): void {
    this.#file(file).users++;
  }

  drop(handle: number): Kernel<void> {
    const file = this.#file(handle);
    if (file.node.content?.unwritten) return this.#flushAndDrop(file);
    dropFile(this.core, file);
    return nothing();
  }

  /** The last look at a file that was written through a mapping: the tree below gets the changes first. */
  *#flushAndDrop(file: OpenFile): Kernel<void> {
    const failed = yield* file.node.content!.flush(file.node.size);
    if (failed < 0)
      this.#platform.warn(`${this.describe(file.handle).path}: changes of mapped pages are lost (${failed})`);
    dropFile(this.core, file);
  }

  *readAt(file: number, position: number, ranges: Ranges): Kernel<number> {
    const { node } = this.#file(file);
    return node.content ? yield* node.content.readAt(position, node.size, ranges) : -EIO;
  }

  *writeAt(file: number, position: number, ranges: Ranges): Kernel<number> {
    return yield* writeNode(this.core, this.#file(file).node, position, ranges);
  }

  size(file: number): number {
    return this.#file(file).node.size;
  }

  mappable(file: number): number {
    const { node, ops } = this.#file(file);
    if (ops.name === 'zero') return 1;
    if (!node.content) return node.isDirectory ? -ENODEV : ops === regular ? -EACCES : -ENODEV;
    return 0;
  }

  pageNow(file: number, index: number): number {
    const { node } = this.#file(file);
    if (!node.content || index * PAGE >= node.size) return -EIO;
    const frame = node.content.now(index);
    if (frame > 0) this.core.frames.hold(frame);
    return frame;
  }

  block(file: number, index: number, make: boolean): number {
    const { node } = this.#file(file);
    if (!node.content || (index + BLOCK - 1) * PAGE >= node.size) return 0;
    const frame = node.content.block(index, make);
    if (frame > 0) this.core.frames.holdBlock(frame);
    return frame;
  }

  *page(file: number, index: number): Kernel<number> {
    const { node } = this.#file(file);
    if (!node.content || index * PAGE >= node.size) return -EIO;
    const frame = yield* node.content.page(index, 'map');
    if (frame > 0) this.core.frames.hold(frame);
    return frame;
  }

  inMemory(file: number): boolean {
    return this.#file(file).node.fs.type === 'tmpfs';
  }

  dirtied(file: number, index: number): void {
    const { node } = this.#file(file);
    node.content?.touched(index);
    node.mtime = node.ctime = this.core.clock.stamp();
  }

  /** Who is told that a file lost its pages from `firstPage` on (they must be unmapped). */
  set truncated(told: (device: number, inode: number, firstPage: number) => void) {
    this.core.truncated = told;
  }

  /** The host name as a process sees it (uname(2) is the tasks service's). */
  hostName: (pid: number) => string = () => 'nestlab';

  input(bytes: Uint8Array): void {
    if (this.#input) this.#input.receive(bytes);
    else this.core.terminals.input(TERMINAL, bytes);
  }

  resize(rows: number, columns: number): void {
    this.core.terminals.resize(TERMINAL, rows, columns);
  }

  holdsStreams(handle: number): boolean {
    for (const [, file] of this.table(handle).descriptors()) if (this.#outputs.has(file)) return true;
    return false;
  }

  audit(books: Books): void {
    const roots = this.#root && this.#first ? [this.#root, this.#first, ...this.taskPlaces()] : [];
    auditFiles(this.core, this.#tables, this.#places, roots, books);
    this.#input?.audit(books);
    this.core.terminals.audit(books, terminalStream(this.#platform.streams) ? TERMINAL : 0);
  }

  sessionEnded(session: number, terminal: number): void {
    this.core.terminals.sessionEnded(session, terminal);
  }

  describe(file: number) {
    const { place, node } = this.#file(file);
    const { number: inode, uid, gid } = node;
    const raises = !(place.mount.flags & MS_NOSUID);
    const mode = raises ? node.mode : node.mode & ~(S_ISUID | S_ISGID);
    const capabilities = raises ? node.attributes?.get('security.capability') : undefined;
    return { path: shownPath(this.root, place), device: node.fs.device, inode, mode, uid, gid, capabilities };
  }
}

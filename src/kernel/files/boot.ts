import { O_RDONLY, O_RDWR, O_WRONLY, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from '../../abi/flags.ts';
import { fullOps, nullOps, randomOps, zeroOps } from '../dev/memory.ts';
import { openMaster } from '../dev/pty.ts';
import { StreamState, streamOps } from '../dev/stream.ts';
import { openControlling, openTty } from '../dev/tty.ts';
import type { Kernel, Stream } from '../platform.ts';
import type { Credentials } from '../services.ts';
import type { FilesCore } from './core.ts';
import { deviceNumber, type OpenDevice } from './devices.ts';
import { Layer, type LayerData, type LayerLimits } from './layer.ts';
import { Dentry, type Place } from './namespace.ts';
import { type FileSystem, type Inode, ROOT } from './node.ts';
import { type FileOps, makeFile, type OpenFile } from './open-file.ts';
import type { RootFs } from './root.ts';
import { childOf, remember } from './walk.ts';

/** The kernel's own identity. */
export const KERNEL: Credentials = { uid: 0, gid: 0, groups: [], realUid: 0, realGid: 0 };

/** The run's terminal: /dev/pts/0, which is also /dev/console. */
export const TERMINAL = deviceNumber(136, 0);
const CONSOLE = deviceNumber(5, 1);
const CONTROLLING = deviceNumber(5, 0);
const MASTER = deviceNumber(5, 2);

/** Device numbers of the kernel's own file systems (anonymous devices: major 0). */
export const DEVICE = { root: 21, dev: 5, proc: 22, sys: 23, pipe: 13 } as const;

/** Character devices in /dev: name, device number, permissions. */
const NODES: readonly (readonly [name: string, device: number, mode: number])[] = [
  ['null', deviceNumber(1, 3), 0o666],
  ['zero', deviceNumber(1, 5), 0o666],
  ['full', deviceNumber(1, 7), 0o666],
  ['random', deviceNumber(1, 8), 0o666],
  ['urandom', deviceNumber(1, 9), 0o666],
  ['tty', CONTROLLING, 0o666],
  ['console', CONSOLE, 0o600],
  ['ptmx', MASTER, 0o666],
];

/** Links in /dev. */
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
];

/** Registers the drivers of character devices. */
export function addDevices(core: FilesCore): void {
  const plain = (ops: FileOps): OpenDevice => {
    const opened = { ops, state: undefined };
    return () => opened;
  };
  [nullOps, zeroOps, fullOps, randomOps, randomOps].forEach((ops, i) => {
    core.devices.add(NODES[i][1], plain(ops));
  });
  const terminal: OpenDevice = (_core, pid, flags) => {
    const tty = core.terminals.get(TERMINAL);
    return tty ? openTty(core, tty, pid, flags) : { ops: nullOps, state: undefined };
  };
  core.devices.add(CONTROLLING, openControlling);
  core.devices.add(CONSOLE, terminal);
  core.devices.add(TERMINAL, terminal);
  core.devices.add(MASTER, openMaster);
}

/** Mounts the root, /dev, /proc and /sys; returns the root's place, or -errno of the tree below. */
export function* mountAll(
  core: FilesCore,
  root: RootFs,
  limits: LayerLimits,
  proc: FileSystem & { readonly root: Inode },
  sys: FileSystem & { readonly root: Inode },
): Kernel<Place | number> {
  const node = yield* root.root();
  if (typeof node === 'number') return node;
  const place = core.namespace.attach(new Dentry(undefined, '', node as Inode), undefined, '/dev/root', 0);
  const { cache, clock } = core;
  const dev = new Layer({ cache, clock, device: DEVICE.dev, limits, type: 'devtmpfs' });
  const devRoot = (yield* dev.root()) as Inode<LayerData>;
  yield* populate(core, dev, devRoot);
  const mounts = [
    ['dev', devRoot as Inode, 'devtmpfs'],
    ['proc', proc.root, 'proc'],
    ['sys', sys.root, 'sysfs'],
  ] as const;
  for (const [name, top, source] of mounts) {
    let child = yield* childOf(place.dentry, name, KERNEL);
    if (typeof child === 'number') child = remember(place.dentry, name, root.stub(node, name) as Inode);
    const made = core.namespace.attach(
      new Dentry(undefined, '', top),
      { mount: place.mount, dentry: child },
      source,
      0,
    );
    if (name !== 'dev') continue;
    const pts = yield* childOf(made.dentry, 'pts', KERNEL);
    if (typeof pts !== 'number') core.pts = pts;
  }
  return place;
}

function* populate(core: FilesCore, dev: Layer, root: Inode<LayerData>): Kernel<void> {
  const make = (directory: Inode<LayerData>, name: string, mode: number, rdev: number, target: string) =>
    dev.create(directory, name, { mode, owner: ROOT, rdev, target });
  for (const [name, device, mode] of NODES) yield* make(root, name, S_IFCHR | mode, device, '');
  for (const [name, target] of LINKS) yield* make(root, name, S_IFLNK | 0o777, 0, target);
  yield* make(root, 'shm', S_IFDIR | 0o1777, 0, '');
  const pts = yield* make(root, 'pts', S_IFDIR | 0o755, 0, '');
  if (typeof pts !== 'number' && core.terminals.get(TERMINAL)) yield* make(pts, '0', S_IFCHR | 0o620, TERMINAL, '');
}

/** Where the run's terminal writes to: the first stream that is a terminal, output before input. */
export function terminalStream(streams: readonly [Stream, Stream, Stream]): Stream | undefined {
  return [streams[1], streams[2], streams[0]].find((stream) => stream.kind === 'terminal');
}

/** The open files of descriptors 0, 1 and 2; a stream that is given twice, and the terminal, are shared. */
export function* openStreams(
  core: FilesCore,
  root: Place,
  streams: readonly [Stream, Stream, Stream],
): Kernel<OpenFile[]> {
  const opened = new Map<Stream | string, OpenFile>();
  const files: OpenFile[] = [];
  for (let i = 0; i < 3; i++) {
    const stream = streams[i];
    const key = stream.kind === 'terminal' || stream.kind === 'null' ? stream.kind : stream;
    const known = opened.get(key);
    if (known) known.users++;
    const file = known ?? (yield* openStream(core, root, stream, i));
    opened.set(key, file);
    files.push(file);
  }
  return files;
}

function* openStream(core: FilesCore, root: Place, stream: Stream, index: number): Kernel<OpenFile> {
  if (stream.kind === 'file' || stream.kind === 'pipe') {
    const state = new StreamState(stream);
    const ops = streamOps as FileOps;
    const mode = stream.kind === 'file' ? S_IFREG | 0o644 : S_IFIFO | 0o600;
    const place = core.nameless.make(stream.kind === 'pipe' ? 'pipe' : '/dev/stream', mode, ROOT, { ops, state });
    return makeFile(core, ops, place, state, index === 0 ? O_RDONLY : O_WRONLY);
  }
  const names = stream.kind === 'terminal' ? ['dev', 'pts', '0'] : ['dev', 'null'];
  let place = root;
  for (const name of names) {
    const child = yield* childOf(place.dentry, name, KERNEL);
    if (typeof child === 'number') throw new Error(`files: /dev has no ${name}`);
    place = core.namespace.cross({ mount: place.mount, dentry: child });
  }
  if (stream.kind === 'null') return makeFile(core, nullOps, place, undefined, O_RDWR);
  const terminal = core.terminals.get(TERMINAL);
  if (!terminal) throw new Error('files: a terminal stream without a terminal');
  const { ops, state } = openTty(core, terminal, 0, O_RDWR | 0o400);
  return makeFile(core, ops, place, state, O_RDWR);
}

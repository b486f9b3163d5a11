import { EAGAIN, EIO, ENOSPC, ENOTTY } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Caller } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import { deviceNumber, type Opened } from '../files/devices.ts';
import { type FileOps, makeFile, type OpenFile, type Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import { remember } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import type { Terminal } from '../terminals/terminal.ts';
import { controlTerminal, openTty, ttyOps } from './tty.ts';

/** Most pseudo-terminals, and bytes that each side may send before the other has read. */
const PTYS_MAX = 1024;
const ROOM = 65536;

/** The master side of a pseudo-terminal: what the terminal shows is read here, what is written here is typed there. */
interface Master {
  readonly number: number;
  readonly terminal: Terminal;
  /** What was shown and is not read yet. */
  readonly shown: Uint8Array[];
  shownBytes: number;
  locked: boolean;
  /** Packet mode: every read begins with a byte of TIOCPKT_* (ioctl_tty(2)); undefined: off. */
  packet: { flow: boolean } | undefined;
  /** The terminal has been opened at least once: when nobody has it open any more, the master sees the end. */
  used: boolean;
}

const masterOps: FileOps<Master> = {
  name: 'ptmx',
  seekable: false,
  read: readMaster,
  write: writeMaster,
  poll: pollMaster,
  queue: (_core, file, writing) => (writing ? file.state.terminal.canType : file.state.terminal.abandoned),
  ioctl: controlMaster,
  close: closeMaster,
  audit: (_core, [{ state, handle }], books) => books.holds('terminal', state.terminal.device, `open file ${handle}`),
};

/** Opens /dev/ptmx: a new pseudo-terminal, whose terminal is /dev/pts/N (ptmx(4)). */
export function openMaster(core: FilesCore): Opened | number {
  let number = 0;
  while (core.terminals.get(deviceNumber(136, number)) || isNamed(core, number)) number++;
  if (number >= PTYS_MAX || !core.pts) return -ENOSPC;
  const device = deviceNumber(136, number);
  const terminal: Terminal = core.terminals.create(
    device,
    { write: (bytes) => show(master, bytes) },
    [0, 0],
    () => ROOM - master.shownBytes,
  );
  const master: Master = { number, terminal, shown: [], shownBytes: 0, locked: true, packet: undefined, used: false };
  const made = makeNode(core, `${number}`, device);
  if (made < 0) return made;
  core.devices.add(device, (_core, pid, flags) => openSlave(core, master, pid, flags));
  return { ops: masterOps as FileOps, state: master };
}

/** Whether a program has made something of this name in /dev/pts. */
function isNamed({ pts, tasks }: FilesCore, number: number): boolean {
  return (
    pts !== undefined &&
    typeof pts.node.fs.lookup(pts.node, `${number}`, tasks.credentials(1)).next().value === 'object'
  );
}

/** The node /dev/pts/N; its file system never makes us wait. */
function makeNode(core: FilesCore, name: string, rdev: number): number {
  const directory = core.pts!;
  const what = { mode: F.S_IFCHR | 0o620, owner: { uid: 0, gid: 5 }, rdev, target: '' };
  const { done, value } = directory.node.fs.create(directory.node, name, what).next();
  if (!done) throw new Error('pty: /dev made us wait');
  if (typeof value === 'number') return value;
  remember(directory, name, value);
  return 0;
}

function openSlave(core: FilesCore, master: Master, pid: number, flags: number): Opened | number {
  if (master.locked) return -EIO;
  master.used = true;
  return openTty(core, master.terminal, pid, flags);
}

function* show(master: Master, bytes: Uint8Array): Kernel<number> {
  if (bytes.length > 0) {
    master.shown.push(bytes);
    master.shownBytes += bytes.length;
    // One queue tells the master of everything that it may read: bytes, and the end.
    master.terminal.abandoned.wake();
  }
  return bytes.length;
}

/** Whether nobody has the terminal open any more. */
function isOver({ used, terminal }: Master): boolean {
  return used && terminal.users === 0;
}

function readMaster(core: FilesCore, file: OpenFile<Master>, transfer: Transfer): number {
  const master = file.state;
  const changed = flowChange(master);
  if (changed !== 0) return tellFlow(core, master, transfer, changed);
  const first = master.shown.shift();
  if (!first) return isOver(master) ? -EIO : -EAGAIN;
  if (master.packet) return readPacket(core, master, transfer, first);
  const count = scatter(core.memory, transfer.ranges, first);
  if (count < first.length) master.shown.unshift(first.subarray(count));
  master.shownBytes -= count;
  master.terminal.canWrite.wake();
  return count;
}

/** TIOCPKT_DATA, TIOCPKT_NOSTOP and TIOCPKT_DOSTOP. */
const DATA = 0;
const NO_STOP = 16;
const DO_STOP = 32;
/** ^S and ^Q. */
const STOP = 19;
const START = 17;

/** Whether ^S and ^Q stop and start the terminal's output. */
function stopsAndStarts({ terminal }: Master): boolean {
  const { iflag, cc } = terminal.termios;
  return (iflag & F.IXON) !== 0 && cc[F.VSTOP] === STOP && cc[F.VSTART] === START;
}

/** In packet mode: what became of that since the master was told last; 0 = nothing. */
function flowChange(master: Master): number {
  if (!master.packet || master.packet.flow === stopsAndStarts(master)) return 0;
  return master.packet.flow ? NO_STOP : DO_STOP;
}

function tellFlow(core: FilesCore, master: Master, transfer: Transfer, change: number): number {
  master.packet = { flow: change === DO_STOP };
  return scatter(core.memory, transfer.ranges, Uint8Array.of(change));
}

/** A read in packet mode: a byte that says data, then data. */
function readPacket(core: FilesCore, master: Master, transfer: Transfer, first: Uint8Array): number {
  const taken = Math.max(0, Math.min(first.length, transfer.length - 1));
  const bytes = new Uint8Array(taken + 1);
  bytes[0] = DATA;
  bytes.set(first.subarray(0, taken), 1);
  if (taken < first.length) master.shown.unshift(first.subarray(taken));
  master.shownBytes -= taken;
  master.terminal.canWrite.wake();
  return scatter(core.memory, transfer.ranges, bytes);
}

function writeMaster(core: FilesCore, file: OpenFile<Master>, transfer: Transfer): number {
  const { terminal } = file.state;
  const room = ROOM - terminal.waiting;
  if (room <= 0) return -EAGAIN;
  const bytes = gather(core.memory, transfer.ranges, room);
  if (bytes.length > 0) terminal.receive(bytes);
  return bytes.length;
}

function pollMaster(_core: FilesCore, file: OpenFile<Master>): number {
  const { shownBytes, terminal } = file.state;
  const flow = flowChange(file.state) !== 0 ? F.POLLPRI | F.POLLIN | F.POLLRDNORM : 0;
  const input = flow | (shownBytes > 0 ? F.POLLIN | F.POLLRDNORM : 0);
  const output = terminal.waiting < ROOM ? F.POLLOUT | F.POLLWRNORM : 0;
  return input | output | (isOver(file.state) ? F.POLLHUP : 0);
}

function controlMaster(
  core: FilesCore,
  file: OpenFile<Master>,
  caller: Caller,
  request: number,
  argument: number,
): number | Kernel<number> {
  const master = file.state;
  const { user } = caller;
  switch (request >>> 0) {
    case F.TIOCGPTN:
      return storeWord(caller, argument, master.number);
    case F.FIONREAD:
      return storeWord(caller, argument, master.shownBytes);
    case F.TIOCSPTLCK: {
      const bad = user.readable(argument, 4);
      if (bad < 0) return bad;
      master.locked = user.load32(argument) !== 0;
      return 0;
    }
    case F.TIOCPKT: {
      const bad = user.readable(argument, 4);
      if (bad < 0) return bad;
      master.packet = user.load32(argument) !== 0 ? { flow: stopsAndStarts(master) } : undefined;
      return 0;
    }
    case F.TIOCGPKT:
      return storeWord(caller, argument, master.packet ? 1 : 0);
    case F.TIOCGPTLCK:
      return storeWord(caller, argument, master.locked ? 1 : 0);
    case F.TIOCGPTPEER:
      return openPeer(core, master, caller, argument);
    case F.TIOCGPGRP:
      return storeWord(caller, argument, master.terminal.group);
    case F.TIOCSCTTY:
    case F.TIOCNOTTY:
      return -ENOTTY;
    default:
      return controlTerminal(core, master.terminal, caller, request, argument);
  }
}

function storeWord(caller: Caller, address: number, value: number): number {
  const bad = caller.user.writable(address, 4);
  if (bad < 0) return bad;
  caller.user.store32(address, value);
  return 0;
}

/** TIOCGPTPEER: a descriptor for the terminal without a path. */
function openPeer(core: FilesCore, master: Master, caller: Caller, flags: number): number {
  const opened = openSlave(core, master, caller.pid, flags);
  if (typeof opened === 'number') return opened;
  const { files } = caller.services;
  const dentry = core.pts!.children!.get(`${master.number}`)!;
  const mount = core.namespace.mounts.find(({ fs }) => fs === dentry.node.fs)!;
  const file = makeFile(core, ttyOps, { mount, dentry }, master.terminal, flags & ~(F.O_CLOEXEC | F.O_NOCTTY));
  const table = files.table(caller.table);
  return table.add(file as OpenFile, (flags & F.O_CLOEXEC) !== 0, caller.limit(F.RLIMIT_NOFILE));
}

/** The master is closed: the terminal is hung up and its name goes. */
function closeMaster(core: FilesCore, file: OpenFile<Master>): void {
  const { terminal, number } = file.state;
  core.terminals.remove(terminal);
  core.devices.remove(terminal.device);
  const directory = core.pts!;
  const dentry = directory.children?.get(`${number}`);
  if (dentry?.node.rdev !== terminal.device) return;
  directory.node.fs.remove(directory.node, dentry.name, dentry.node).next();
  directory.children!.delete(dentry.name);
  dentry.linked = false;
}

import { EAGAIN, ENOTTY, ENXIO } from '../../abi/errno.ts';
import { ICANON, O_NOCTTY, O_NONBLOCK, O_WRONLY, TOSTOP } from '../../abi/flags.ts';
import { SIGTTIN } from '../../abi/signals.ts';
import type { Caller } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import type { Opened } from '../files/devices.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import type { Kernel } from '../platform.ts';
import { controlOf } from '../terminals/ioctl.ts';
import { checkChange, checkForeground, takeControl } from '../terminals/jobs.ts';
import type { Terminal } from '../terminals/terminal.ts';

/** Terminals as files. */
export const ttyOps: FileOps<Terminal> = {
  name: 'tty',
  seekable: false,
  read: readTty,
  write: writeTty,
  poll: (_core, file) => file.state.events,
  queue: (_core, file, writing) => (writing ? file.state.canWrite : file.state.canRead),
  ioctl: controlTty,
  close: (_core, file) => {
    file.state.users--;
    if (file.state.users === 0) file.state.abandoned.wake();
  },
  audit(_core, files, books) {
    books.equal('open files', `of terminal ${files[0].state.device}`, files.length, files[0].state.users);
  },
};

/** Opens a terminal: a session leader without one gets it as controlling terminal (unless O_NOCTTY). */
export function openTty(core: FilesCore, terminal: Terminal, pid: number, flags: number): Opened {
  const mayControl = !(flags & O_NOCTTY) && (flags & 3) !== O_WRONLY && terminal.session === 0;
  if (mayControl) takeControl(core.tasks, terminal, pid, false);
  terminal.users++;
  return { ops: ttyOps as FileOps, state: terminal };
}

/** Opens /dev/tty: the controlling terminal of the process, -ENXIO when it has none. */
export function openControlling(core: FilesCore, pid: number): Opened | number {
  const terminal = core.terminals.controlling(pid);
  if (!terminal) return -ENXIO;
  terminal.users++;
  return { ops: ttyOps as FileOps, state: terminal };
}

function readTty(core: FilesCore, file: OpenFile<Terminal>, transfer: Transfer): number {
  const terminal = file.state;
  const denied = checkForeground(core.tasks, terminal, transfer.pid, SIGTTIN);
  if (denied < 0) return denied;
  const reading = terminal.read(transfer.length, transfer.since);
  if (reading.error === 0) return scatter(core.memory, transfer.ranges, reading.bytes);
  transfer.until = reading.until;
  const partial = (file.flags & O_NONBLOCK) !== 0 && !(terminal.termios.lflag & ICANON) && terminal.available > 0;
  if (reading.error !== -EAGAIN || !partial) return reading.error;
  return scatter(core.memory, transfer.ranges, terminal.takeWhatIsThere(transfer.length));
}

function* writeTty(core: FilesCore, file: OpenFile<Terminal>, transfer: Transfer): Kernel<number> {
  const terminal = file.state;
  if (terminal.termios.lflag & TOSTOP) {
    const denied = checkChange(core.tasks, terminal, transfer.pid);
    if (denied < 0) return denied;
  }
  return yield* terminal.write(gather(core.memory, transfer.ranges));
}

function controlTty(
  core: FilesCore,
  file: OpenFile<Terminal>,
  caller: Caller,
  request: number,
  argument: number,
): number | Kernel<number> {
  return controlTerminal(core, file.state, caller, request, argument);
}

/** A terminal's ioctl, with what it reads from and writes to the caller's memory; -ENOTTY for other requests. */
export function controlTerminal(
  core: FilesCore,
  terminal: Terminal,
  caller: Caller,
  request: number,
  argument: number,
): number | Kernel<number> {
  const control = controlOf(request);
  if (!control) return -ENOTTY;
  const input = control.reads ? caller.user.bytes(argument, control.reads) : new Uint8Array(0);
  if (typeof input === 'number') return input;
  const bad = control.writes ? caller.user.writable(argument, control.writes) : 0;
  if (bad < 0) return bad;
  const result = control.run({ tasks: core.tasks, terminal, pid: caller.pid, argument, input });
  return result instanceof Uint8Array ? caller.user.write(argument, result) : result;
}

import { CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { EINVAL, EIO, ENOTTY, EPERM, ESRCH } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { SIGWINCH } from '../../abi/signals.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Kernel } from '../platform.ts';
import type { Tasks } from '../services.ts';
import { checkChange, controls, foreground, giveUpControl, hangUp, takeControl } from './jobs.ts';
import type { Terminal } from './terminal.ts';
import { decodeTermios, encodeTermios, type TermiosForm, termiosSize } from './termios.ts';

/** A control call as it reaches a terminal: `input` is what the argument points to, for calls that read it. */
export interface ControlCall {
  readonly tasks: Tasks;
  readonly terminal: Terminal;
  readonly pid: number;
  readonly argument: number;
  readonly input: Uint8Array;
}

/** One control: how many bytes it reads from and writes to where the argument points, and what it does. */
export interface Control {
  readonly reads?: number;
  readonly writes?: number;
  /** A result, or the bytes to write with result 0. */
  readonly run: (call: ControlCall) => number | Uint8Array | Kernel<number>;
}

/** The request's row; undefined: not a terminal's request. */
export function controlOf(request: number): Control | undefined {
  return CONTROLS.get(request >>> 0);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function wordIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
}

/** A number, or its word where it is no errno. */
function answer(value: number): number | Uint8Array {
  return value < 0 ? value : word(value);
}

function getter(form: TermiosForm): Control {
  return { writes: termiosSize(form), run: ({ terminal }) => encodeTermios(form, terminal.termios) };
}

function setter(form: TermiosForm, drain: boolean, flush: boolean): Control {
  return {
    reads: termiosSize(form),
    *run({ tasks, terminal, pid, input }) {
      const denied = checkChange(tasks, terminal, pid);
      if (denied < 0) return denied;
      if (drain) {
        const waited = yield* drained(terminal);
        if (waited < 0) return waited;
      }
      if (flush) terminal.flush(F.TCIFLUSH);
      terminal.configure(decodeTermios(form, input, terminal.termios));
      return 0;
    },
  };
}

/** Waits until all output is sent. */
function* drained(terminal: Terminal): Kernel<number> {
  while (terminal.stopped && !terminal.hungUp) if ((yield* wait(terminal.canWrite)) === 'signal') return -ERESTARTSYS;
  return 0;
}

function* sendBreak({ tasks, terminal, pid }: ControlCall): Kernel<number> {
  const denied = checkChange(tasks, terminal, pid);
  return denied < 0 ? denied : yield* drained(terminal);
}

function setGroup({ tasks, terminal, pid, input }: ControlCall): number {
  const denied = checkChange(tasks, terminal, pid);
  if (denied < 0) return denied === -EIO ? -ENOTTY : denied;
  const group = wordIn(input);
  if (group < 0) return -EINVAL;
  if (!controls(tasks, terminal, pid)) return -ENOTTY;
  if (!tasks.groupInSession(group, terminal.session))
    return tasks.pids().some((other) => tasks.group(other) === group) ? -EPERM : -ESRCH;
  terminal.group = group;
  return 0;
}

function setSize({ tasks, terminal, input }: ControlCall): number {
  const view = new DataView(input.buffer, input.byteOffset);
  resize(
    tasks,
    terminal,
    [0, 2, 4, 6].map((at) => view.getUint16(at, true)),
  );
  return 0;
}

/** Gives a terminal its size (rows, columns, pixels); the foreground group learns of a change by SIGWINCH. */
export function resize(tasks: Tasks, terminal: Terminal, size: readonly number[]): void {
  if (size.every((value, i) => value === terminal.size[i])) return;
  terminal.size.set(size);
  if (terminal.group > 0) tasks.signalGroup(terminal.group, SIGWINCH);
}

function detach({ tasks, terminal, pid }: ControlCall): number {
  if (!controls(tasks, terminal, pid)) return -ENOTTY;
  // The terminal belongs to sessions here: a member that is not the leader cannot leave it alone.
  if (tasks.session(pid) === pid) giveUpControl(tasks, terminal, pid);
  return 0;
}

function flush({ tasks, terminal, pid, argument }: ControlCall): number {
  const denied = checkChange(tasks, terminal, pid);
  if (denied < 0) return denied;
  if (argument < F.TCIFLUSH || argument > F.TCIOFLUSH) return -EINVAL;
  terminal.flush(argument);
  return 0;
}

function flow({ tasks, terminal, pid, argument }: ControlCall): number {
  const denied = checkChange(tasks, terminal, pid);
  if (denied < 0) return denied;
  if (argument === F.TCOOFF) terminal.stop();
  else if (argument === F.TCOON) terminal.start();
  else if (argument !== F.TCIOFF && argument !== F.TCION) return -EINVAL;
  return 0;
}

function vhangup({ tasks, terminal, pid }: ControlCall): number {
  if (!capable(tasks.credentials(pid), CAP_SYS_ADMIN)) return -EPERM;
  hangUp(tasks, terminal);
  return 0;
}

const CONTROLS: ReadonlyMap<number, Control> = new Map<number, Control>([
  [F.TCGETS, getter('termios')],
  [F.TCSETS, setter('termios', false, false)],
  [F.TCSETSW, setter('termios', true, false)],
  [F.TCSETSF, setter('termios', true, true)],
  [F.TCGETS2, getter('termios2')],
  [F.TCSETS2, setter('termios2', false, false)],
  [F.TCSETSW2, setter('termios2', true, false)],
  [F.TCSETSF2, setter('termios2', true, true)],
  [F.TCGETA, getter('termio')],
  [F.TCSETA, setter('termio', false, false)],
  [F.TCSETAW, setter('termio', true, false)],
  [F.TCSETAF, setter('termio', true, true)],
  [F.TCSBRK, { run: sendBreak }],
  [F.TCSBRKP, { run: sendBreak }],
  [F.TCXONC, { run: flow }],
  [F.TCFLSH, { run: flush }],
  [F.TIOCGPGRP, { writes: 4, run: ({ tasks, terminal, pid }) => answer(foreground(tasks, terminal, pid)) }],
  [F.TIOCSPGRP, { reads: 4, run: setGroup }],
  [
    F.TIOCGSID,
    {
      writes: 4,
      run: ({ tasks, terminal, pid }) => (controls(tasks, terminal, pid) ? word(terminal.session) : -ENOTTY),
    },
  ],
  [F.TIOCSCTTY, { run: ({ tasks, terminal, pid, argument }) => takeControl(tasks, terminal, pid, argument === 1) }],
  [F.TIOCNOTTY, { run: detach }],
  [F.TIOCGWINSZ, { writes: 8, run: ({ terminal }) => new Uint8Array(terminal.size.buffer, 0, 8).slice() }],
  [F.TIOCSWINSZ, { reads: 8, run: setSize }],
  [F.FIONREAD, { writes: 4, run: ({ terminal }) => word(terminal.available) }],
  [F.TIOCOUTQ, { writes: 4, run: () => word(0) }],
  [F.TIOCGETD, { writes: 4, run: () => word(0) }],
  [F.TIOCSETD, { reads: 4, run: ({ input }) => (wordIn(input) === 0 ? 0 : -EINVAL) }],
  [F.TIOCEXCL, { run: () => 0 }],
  [F.TIOCNXCL, { run: () => 0 }],
  // Input that a program fakes is an attack more often than not: refused, as Linux does by default since 6.2.
  [F.TIOCSTI, { reads: 1, run: () => -EIO }],
  [F.TIOCVHANGUP, { run: vhangup }],
]);

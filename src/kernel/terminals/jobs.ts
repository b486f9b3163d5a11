import { CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { EIO, ENOTTY, EPERM } from '../../abi/errno.ts';
import { SIGCONT, SIGHUP, SIGTTIN, SIGTTOU } from '../../abi/signals.ts';
import { ERESTARTSYS } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Tasks } from '../services.ts';
import type { Terminal } from './terminal.ts';

/**
 * May a process of this group use its controlling terminal now? 0, or after SIGTTIN/SIGTTOU to a background group
 * -ERESTARTSYS; -EIO where the signal would do nothing (tty_check_change in tty_jobctrl.c).
 */
export function checkForeground(tasks: Tasks, terminal: Terminal, pid: number, signal: number): number {
  if (terminal.session === 0 || terminal.session !== tasks.session(pid)) return 0;
  const group = tasks.group(pid);
  if (terminal.group === 0 || group === terminal.group) return 0;
  if (tasks.blocksOrIgnores(pid, signal)) return signal === SIGTTIN ? -EIO : 0;
  if (tasks.orphaned(group)) return -EIO;
  tasks.signalGroup(group, signal);
  return -ERESTARTSYS;
}

/** As `checkForeground`, for what changes the terminal. */
export function checkChange(tasks: Tasks, terminal: Terminal, pid: number): number {
  return checkForeground(tasks, terminal, pid, SIGTTOU);
}

/** Whether the terminal is the process's controlling terminal. */
export function controls(tasks: Tasks, terminal: Terminal, pid: number): boolean {
  return terminal.session !== 0 && terminal.session === tasks.session(pid);
}

/** Makes a terminal that is free the controlling terminal of a session leader without one; 0 or -EPERM (TIOCSCTTY). */
export function takeControl(tasks: Tasks, terminal: Terminal, pid: number, steal: boolean): number {
  const session = tasks.session(pid);
  if (session === pid && terminal.session === session) return 0;
  if (session !== pid || tasks.terminalOf(session) !== 0) return -EPERM;
  if (terminal.session !== 0) {
    if (!steal || !capable(tasks.credentials(pid), CAP_SYS_ADMIN)) return -EPERM;
    tasks.setTerminal(terminal.session, 0);
  }
  terminal.session = session;
  terminal.group = tasks.group(pid);
  tasks.setTerminal(session, terminal.device);
  return 0;
}

/** The session gives its terminal up: the foreground group is hung up (TIOCNOTTY of the leader, or its end). */
export function giveUpControl(tasks: Tasks, terminal: Terminal, session: number): void {
  if (terminal.session !== session) return;
  const { group } = terminal;
  terminal.session = terminal.group = 0;
  tasks.setTerminal(session, 0);
  if (group <= 0) return;
  tasks.signalGroup(group, SIGHUP);
  tasks.signalGroup(group, SIGCONT);
}

/** The foreground group as a process may ask for it; -ENOTTY where it is not the process's terminal (TIOCGPGRP). */
export function foreground(tasks: Tasks, terminal: Terminal, pid: number): number {
  return controls(tasks, terminal, pid) ? terminal.group : -ENOTTY;
}

/** The line is gone: its session's leader gets SIGHUP, the foreground group SIGHUP and SIGCONT (tty_signal_session_leader). */
export function hangUp(tasks: Tasks, terminal: Terminal): void {
  const { session } = terminal;
  if (session !== 0) {
    tasks.signal(session, SIGHUP);
    tasks.signal(session, SIGCONT);
    giveUpControl(tasks, terminal, session);
  }
  terminal.hangUp();
}

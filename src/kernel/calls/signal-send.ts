import { CAP_KILL } from '../../abi/capabilities.ts';
import { EAGAIN, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import { NSIG, SI_TKILL, SI_USER, SIGCONT, SIGRTMIN } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Info } from '../signals/info.ts';
import { CODE, makeInfo, SIGNO } from '../signals/info.ts';
import { queueFull, sendToProcess, sendToTask } from '../signals/send.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { INFO_SIZE } from './signal-bits.ts';

/** Whether the caller may signal the process (kill_ok_by_cred, and SIGCONT within a session). */
export function maySignal(task: Task, target: Process, signal: number): boolean {
  const own = task.identity;
  const other = target.identity;
  if (capable(own, CAP_KILL) || target === task.process) return true;
  if (signal === SIGCONT && target.session === task.process.session) return true;
  return (
    own.effectiveUid === other.savedUid ||
    own.effectiveUid === other.realUid ||
    own.realUid === other.savedUid ||
    own.realUid === other.realUid
  );
}

function userInfo(task: Task, signal: number, code: number): Info {
  return makeInfo(signal, code, task.process.pid, task.identity.realUid);
}

function kill(task: Task): number {
  const [pid, signal] = task.args;
  return sendTo(task, pid, signal, () => userInfo(task, signal, SI_USER));
}

/** kill(2)'s choice of processes: one, a group, or all but the first and oneself. */
function sendTo(task: Task, pid: number, signal: number, info: () => Info): number {
  const { system, process } = task;
  if (pid === -0x80000000) return -ESRCH;
  let targets: readonly Process[];
  if (pid > 0) {
    const target = system.processes.get(pid) ?? system.tasks.get(pid)?.process;
    targets = target ? [target] : [];
  } else if (pid === -1) targets = [...system.processes.values()].filter((other) => other.pid > 1 && other !== process);
  else targets = system.group(pid === 0 ? process.group : -pid);
  if (targets.length === 0) return -ESRCH;
  if (signal < 0 || signal > NSIG) return -EINVAL;
  let sent = 0;
  for (const target of targets) {
    if (!maySignal(task, target, signal)) continue;
    sent++;
    if (signal === 0) continue;
    const details = info();
    if (lacksRoom(target, details)) return -EAGAIN;
    sendToProcess(target, details);
  }
  return sent > 0 ? 0 : -EPERM;
}

/** Whether the queue is full and the siginfo of a real-time signal would be lost; kill's may. */
function lacksRoom(target: Process, info: Info): boolean {
  return info[SIGNO] >= SIGRTMIN && info[CODE] !== SI_USER && queueFull(target);
}

function sendToThread(task: Task, group: number, tid: number, signal: number, info: Info): number {
  if (tid <= 0 || group === 0 || group < -1) return -EINVAL;
  const target = task.system.tasks.get(tid);
  if (!target || (group > 0 && target.process.pid !== group)) return -ESRCH;
  if (signal < 0 || signal > NSIG) return -EINVAL;
  if (!maySignal(task, target.process, signal)) return -EPERM;
  if (signal === 0) return 0;
  if (lacksRoom(target.process, info)) return -EAGAIN;
  sendToTask(target, info);
  return 0;
}

function tkill(task: Task): number {
  const [tid, signal] = task.args;
  return sendToThread(task, -1, tid, signal, userInfo(task, signal, SI_TKILL));
}

function tgkill(task: Task): number {
  const [group, tid, signal] = task.args;
  if (group <= 0) return -EINVAL;
  return sendToThread(task, group, tid, signal, userInfo(task, signal, SI_TKILL));
}

/** The siginfo that a program sends along; only it itself may claim to be the kernel. */
function readInfo(task: Task, address: number, signal: number, self: boolean): Info | number {
  const bytes = task.user.bytes(address, INFO_SIZE);
  if (typeof bytes === 'number') return bytes;
  const info = new Int32Array(bytes.buffer);
  info[SIGNO] = signal;
  if (!self && (info[CODE] >= 0 || info[CODE] === SI_TKILL)) return -EPERM;
  return info;
}

function rtSigqueueinfo(task: Task): number {
  const [pid, signal, address] = task.args;
  const info = readInfo(task, address, signal, pid === task.process.pid);
  if (typeof info === 'number') return info;
  if (pid <= 0) return -ESRCH;
  return sendTo(task, pid, signal, () => info);
}

function rtTgsigqueueinfo(task: Task): number {
  const [group, tid, signal, address] = task.args;
  if (group <= 0 || tid <= 0) return -EINVAL;
  const info = readInfo(task, address, signal, tid === task.tid);
  return typeof info === 'number' ? info : sendToThread(task, group, tid, signal, info);
}

/** Calls that send signals. */
export const signalSendCalls: readonly Row[] = [
  row(37, 'kill', kill),
  row(178, 'rt_sigqueueinfo', rtSigqueueinfo, 'RLIMIT_SIGPENDING counts by process, not by user'),
  row(238, 'tkill', tkill),
  row(270, 'tgkill', tgkill),
  row(335, 'rt_tgsigqueueinfo', rtTgsigqueueinfo),
];

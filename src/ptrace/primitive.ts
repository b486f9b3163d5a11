/** ptrace(2): one task watches and steers another (man 2 ptrace; kernel/ptrace.c, arch/x86/kernel/ptrace.c). */
import { EIO, EPERM, ESRCH } from '../abi/errno.ts';
import * as f from '../abi/flags.ts';
import { SIGKILL, SIGSTOP } from '../abi/signals.ts';
import { row } from '../kernel/calls/caller.ts';
import type { Kernel } from '../kernel/platform.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { kernelInfo } from '../kernel/signals/info.ts';
import { endProcess, notice, sendToTask } from '../kernel/signals/send.ts';
import { mayInspect } from '../kernel/tasks/inspect.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { REQUESTS } from './requests.ts';
import { OPTIONS, Trace } from './trace.ts';

/** The numbers lie far apart: an object with them is slow. */
const BY_NUMBER = new Map(Object.entries(REQUESTS).map(([number, act]) => [Number(number), act]));

function ptrace(caller: Task): number | Kernel<number> {
  const { args } = caller;
  const request = args[0];
  const pid = args[1];
  const address = args[2];
  const data = args[3];
  if (request === f.PTRACE_TRACEME) return traceMe(caller);
  const task = caller.system.tasks.get(pid);
  if (!task || task.ended) return -ESRCH;
  if (request === f.PTRACE_ATTACH || request === f.PTRACE_SEIZE) return attach(caller, task, request, address, data);
  const trace = task.hook;
  if (!(trace instanceof Trace) || trace.tracer !== caller) return -ESRCH;
  if (request === f.PTRACE_KILL && !trace.stopped) {
    endProcess(task.process, SIGKILL);
    return 0;
  }
  if (request === f.PTRACE_INTERRUPT) {
    if (!trace.seized) return -EIO;
    trace.interrupt();
    return 0;
  }
  if (!trace.ready) return -ESRCH;
  const act = BY_NUMBER.get(request);
  return act ? act(caller, trace, address, data) : -EIO;
}

/** The parent becomes the tracer. */
function traceMe(task: Task): number {
  const tracer = task.process.parent?.leader;
  if (task.hook || !tracer) return -EPERM;
  new Trace(task, tracer, false, 0);
  return 0;
}

function attach(caller: Task, task: Task, request: number, address: number, data: number): number {
  const seize = request === f.PTRACE_SEIZE;
  if (seize && (address !== 0 || data & ~OPTIONS)) return -EIO;
  if (task.process === caller.process || task.hook || mayInspect(caller, task, 'real') < 0) return -EPERM;
  new Trace(task, caller, seize, seize ? data : 0);
  if (!seize) sendToTask(task, kernelInfo(SIGSTOP));
  // A thread in a group stop becomes the tracer's.
  if (task.process.stopSignal !== 0) {
    task.process.continued.wake();
    notice(task);
  }
  return 0;
}

export const ptracePrimitive: Primitive = {
  name: 'ptrace',
  calls: [row(26, 'ptrace', ptrace, 'seccomp stops and PTRACE_O_SUSPEND_SECCOMP are not there')],
};

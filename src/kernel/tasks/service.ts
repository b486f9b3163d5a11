import { ESRCH } from '../../abi/errno.ts';
import { SI_USER, SIG_IGN } from '../../abi/signals.ts';
import { IPC_TABLES } from '../ipc/tables.ts';
import { memoryCounts, memoryStatus } from '../memory/report.ts';
import type { UserMemory } from '../memory/user.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials, FileOwner, SignalDetails, TaskDetails, TaskFacts, Tasks } from '../services.ts';
import { kernelInfo, makeInfo } from '../signals/info.ts';
import { sendToProcess, sendToTask } from '../signals/send.ts';
import type { System } from '../system.ts';
import { detailsOf, moveForeign } from './details.ts';
import { isOrphaned } from './groups.ts';
import { Identity } from './identity.ts';
import { mayInspect } from './inspect.ts';
import { formatAreas, formatMaps, formatRollup } from './maps.ts';
import { ownerExists, sendToOwner } from './owner.ts';
import type { Process } from './process.ts';
import { filterCount } from './seccomp.ts';
import { stateOf } from './state.ts';
import type { Task } from './task.ts';

/** Bytes of comm without its zero (TASK_COMM_LEN). */
const NAME_MAX = 15;
const NOBODY = new Identity();

/** What the files service may ask of tasks (see services.ts). */
export class TaskService implements Tasks {
  #system: System | undefined;

  /** Files and tasks know each other: this is the second half of the knot. */
  attach(system: System): void {
    this.#system = system;
  }

  pids(): readonly number[] {
    return [...this.#known.processes.keys()];
  }

  describe(pid: number): TaskFacts | undefined {
    const task = this.#known.tasks.get(pid);
    const process = this.#known.processes.get(pid) ?? task?.process;
    return process && facts(process, pid, task);
  }

  signalGroup(group: number, signal: number): void {
    for (const process of this.#known.group(group)) sendToProcess(process, kernelInfo(signal));
  }

  signal(pid: number, signal: number): void {
    const process = this.#known.processes.get(pid);
    if (!process) return;
    // What a thread's own call causes (SIGPIPE, SIGXFSZ) goes to this thread, as if it had sent it itself.
    const { running } = this.#known.scheduler;
    if (running?.process === process) sendToTask(running, makeInfo(signal, SI_USER, pid, process.identity.realUid));
    else sendToProcess(process, kernelInfo(signal));
  }

  signalOwner(owner: FileOwner, signal: number, details: SignalDetails | undefined): void {
    sendToOwner(this.#known, owner, signal, details);
  }

  ownerExists(kind: FileOwner['kind'], id: number): boolean {
    return ownerExists(this.#known, kind, id);
  }

  credentials(pid: number): Credentials {
    return this.#known.processes.get(pid)?.identity ?? NOBODY;
  }

  limit(pid: number, resource: number): number {
    return this.#known.processes.get(pid)?.limits.soft[resource] ?? Number.POSITIVE_INFINITY;
  }

  terminalOf(session: number): number {
    return this.#known.terminals.get(session) ?? 0;
  }

  setTerminal(session: number, device: number): void {
    if (device === 0) this.#known.terminals.delete(session);
    else this.#known.terminals.set(session, device);
  }

  groupInSession(group: number, session: number): boolean {
    return this.#known.group(group).some((process) => process.session === session);
  }

  session(pid: number): number {
    return this.#known.processes.get(pid)?.session ?? 0;
  }

  group(pid: number): number {
    return this.#known.processes.get(pid)?.group ?? 0;
  }

  orphaned(group: number): boolean {
    return isOrphaned(this.#known, group);
  }

  blocksOrIgnores(pid: number, signal: number): boolean {
    const process = this.#known.processes.get(pid);
    if (!process) return true;
    const task = this.#known.scheduler.running;
    const asker = task?.process === process ? task : process.leader;
    return process.actions.handler(signal) === SIG_IGN || (asker?.mask.has(signal) ?? true);
  }

  details(tid: number): TaskDetails | undefined {
    const process = this.#known.tasks.get(tid)?.process ?? this.#known.processes.get(tid);
    return process && detailsOf(process, this.#known.tasks.get(tid));
  }

  mayInspect(asker: number, tid: number): number {
    const target = this.#known.tasks.get(tid);
    const task = this.#known.processes.get(asker)?.leader;
    return target && task ? mayInspect(task, target, 'files') : -ESRCH;
  }

  *memory(tid: number, address: number, bytes: Uint8Array, write: boolean): Kernel<number> {
    const task = this.#known.tasks.get(tid);
    if (!task) return 0;
    return yield* moveForeign(task, address, bytes, write);
  }

  rename(tid: number, name: string): void {
    const task = this.#known.tasks.get(tid);
    if (task) task.name = name.slice(0, NAME_MAX);
  }

  ipcTable(name: 'msg' | 'sem' | 'shm'): string {
    return IPC_TABLES[name](this.#known.ipc);
  }

  get #known(): System {
    if (!this.#system) throw new Error('tasks: asked before boot');
    return this.#system;
  }
}

/** About the thread `tid`, or about a process whose first thread has ended. */
function facts(process: Process, tid: number, task: Task | undefined): TaskFacts {
  const { identity, system } = process;
  const leader = task ?? process.leader;
  const memory = leader?.memory;
  const handlers = signalSets(process);
  return {
    pid: process.pid,
    tid,
    tids: process.threads.map((thread) => thread.tid),
    parent: process.parent?.pid ?? 0,
    group: process.group,
    session: process.session,
    terminal: system.terminals.get(process.session) ?? 0,
    state: stateOf(process, task),
    name: leader?.name ?? process.lastName,
    commandLine: memory ? strings(leader.user, memory.argStart, memory.argEnd) : [],
    environment: memory ? strings(leader.user, memory.envStart, memory.envEnd) : [],
    executable: process.executable,
    executableFile: process.executableFile,
    uid: identity.realUid,
    gid: identity.realGid,
    threads: process.threads.length,
    userTime: process.usage.userTime,
    systemTime: process.usage.systemTime,
    startTime: process.startTime,
    virtualSize: (memory?.areas.pages ?? 0) * 4096,
    residentPages: memory?.pages.resident ?? 0,
    maps: () => (leader ? formatMaps(leader) : ''),
    smaps: () => (leader ? formatAreas(leader) : ''),
    rollup: () => (leader ? formatRollup(leader) : ''),
    statm: () => (memory ? memoryCounts(memory) : '0 0 0 0 0 0 0\n'),
    memoryStatus: () => (memory ? memoryStatus(memory) : []),
    files: leader?.table ?? 0,
    places: leader?.places ?? 0,
    capabilities: capabilitySets(leader?.identity ?? identity),
    noNewPrivileges: leader?.noNewPrivileges ?? false,
    seccomp: leader?.seccomp?.mode ?? 0,
    seccompFilters: filterCount(leader?.seccomp?.filter),
    pendingSignals: (process.pending.set.lo | (leader?.pending.set.lo ?? 0)) >>> 0,
    blockedSignals: (leader?.mask.lo ?? 0) >>> 0,
    ignoredSignals: handlers.ignored,
    caughtSignals: handlers.caught,
    nice: leader?.schedule.nice ?? 0,
  };
}

/** As /proc/PID/status names them. */
function capabilitySets(identity: Identity): Readonly<Record<string, string>> {
  return {
    CapInh: `${identity.inheritable}`,
    CapPrm: `${identity.permitted}`,
    CapEff: `${identity.effective}`,
    CapBnd: `${identity.bounding}`,
    CapAmb: `${identity.ambient}`,
  };
}

/** The low words of the sets of ignored and caught signals. */
function signalSets(process: Process): { ignored: number; caught: number } {
  let ignored = 0;
  let caught = 0;
  for (let n = 1; n <= 32; n++) {
    if (process.actions.isIgnored(n)) ignored |= 1 << (n - 1);
    else if (!process.actions.isDefault(n)) caught |= 1 << (n - 1);
  }
  return { ignored: ignored >>> 0, caught: caught >>> 0 };
}

/** Zero-terminated strings that lie one after another in a process's memory. */
function strings(user: UserMemory, start: number, end: number): string[] {
  if (end <= start) return [];
  let text = '';
  for (const code of user.peek(start, end - start)) text += String.fromCharCode(code);
  return text.replace(/\0$/, '').split('\0');
}

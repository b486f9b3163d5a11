import { EACCES, ENOENT, ENOTDIR } from '../abi/errno.ts';
import { SIGCONT, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGTSTP } from '../abi/signals.ts';
import { audit } from './audit/audit.ts';
import type { Violation } from './audit/books.ts';
import { callsWith } from './calls/table.ts';
import { execute } from './exec/exec.ts';
import type { LayerLimits } from './files/layer.ts';
import { FileService } from './files/service.ts';
import { Ipc } from './ipc/ipc.ts';
import { bootLimits } from './memory/limits.ts';
import { Pool } from './memory/pool.ts';
import { AddressSpace } from './memory/space.ts';
import { dropTruncated } from './memory/truncate.ts';
import type { Kernel, Platform } from './platform.ts';
import { CS, DS } from './platform.ts';
import type { Primitive } from './primitive.ts';
import { kernelInfo } from './signals/info.ts';
import { endProcess, sendToProcess } from './signals/send.ts';
import { networkOf } from './sockets/network.ts';
import { gateOf } from './sockets/outside.ts';
import { System, TASKS_MAX } from './system.ts';
import { Futexes } from './tasks/futexes.ts';
import { Identity } from './tasks/identity.ts';
import { live } from './tasks/live.ts';
import { Process } from './tasks/process.ts';
import { Scheduler } from './tasks/scheduler.ts';
import { TaskService } from './tasks/service.ts';
import { Task } from './tasks/task.ts';
import { Timers } from './time/timers.ts';

/** What to run. All strings are byte strings. */
export interface BootOptions {
  /** A path, or a name that is looked up in PATH of `envp`. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly envp: readonly string[];
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly hostName?: string;
  /** Limits of the layer that keeps changes to the file tree. */
  readonly layer?: LayerLimits;
  /** What mechanisms add to this kernel. */
  readonly primitives?: readonly Primitive[];
  /** Called with the first task before it runs: for who watches from outside. */
  readonly watch?: (first: Task) => void;
}

/** How a run ended. */
export type RunEnd =
  /** The first program ended with this wait status. */
  | { readonly kind: 'ended'; readonly status: number }
  /** It could not be started: errno. */
  | { readonly kind: 'refused'; readonly errno: number }
  /** Everything waits for what can never come. */
  | { readonly kind: 'deadlock' };

const REAPER = 1;
const FIRST = 2;
/** Signals that a terminal sends to its foreground group. */
const GROUP_SIGNALS: ReadonlySet<number> = new Set([SIGINT, SIGQUIT, SIGTSTP, SIGHUP]);
/** Signals that ask the whole run to end. */
const ENDING_SIGNALS: ReadonlySet<number> = new Set([SIGHUP, SIGINT, SIGQUIT, SIGTERM]);
/** Turns that the processes left over get for ending after SIGKILL. */
const LAST_TURNS = TASKS_MAX * 4;

/** A kernel that is ready to run, for those who want to look into it (tests, audits). */
export interface Booted {
  readonly system: System;
  readonly files: FileService;
  readonly run: Kernel<RunEnd>;
  /** Checks the kernel's own books, between two steps of the run or after its end: what is wrong is a mistake of ours. */
  audit(): readonly Violation[];
}

/**
 * Runs one program on a new kernel, with all that it starts, until it has ended and nobody else holds the run's
 * standard output or error; the rest is killed then. Process 1 is the kernel's own; the program is process 2.
 */
export function prepare(platform: Platform, options: BootOptions): Booted {
  const tasks = new TaskService();
  const files = new FileService(platform, tasks, options.layer ? { layer: options.layer } : {});
  const timers = new Timers();
  const scheduler = new Scheduler(platform, timers);
  const pool = new Pool(platform, files);
  const fresh = platform.newContext();
  const system = new System({
    calls: callsWith(options.primitives ?? []),
    platform,
    files,
    pool,
    timers,
    scheduler,
    futexes: new Futexes(),
    ipc: new Ipc(
      pool,
      () => files.core.clock.stamp().seconds,
      () => scheduler.running?.pid ?? 0,
    ),
    services: { platform, frames: platform.frames, files, tasks },
    live,
    flatCode: fresh.regs[CS],
    flatData: fresh.regs[DS],
  });
  platform.dropContext(fresh);
  tasks.attach(system);
  files.hostName = () => system.hostName;
  files.truncated = (device, inode, firstPage) => {
    dropTruncated(pool.living, files, device, inode, firstPage);
  };
  if (options.hostName !== undefined) system.hostName = options.hostName;
  platform.events = {
    input: (bytes) => files.input(bytes),
    resize: (rows, columns) => files.resize(rows, columns),
    signal: (number) => {
      signalRun(system, number);
      // A server's children would serve on for ever.
      if (platform.harbour && ENDING_SIGNALS.has(number)) system.endsWithFirst = true;
    },
  };
  platform.harbour?.open(gateOf(networkOf(files.core)));
  return { system, files, run: main(system, files, options), audit: () => audit(system, files) };
}

function* main(system: System, files: FileService, options: BootOptions): Kernel<RunEnd> {
  const { platform, scheduler } = system;
  const first = yield* begin(system, files, options);
  if (typeof first === 'number') {
    system.over = true;
    return { kind: 'refused', errno: -first };
  }
  let deadlock = false;
  while (!deadlock && !isOver(system, first.process)) {
    system.timers.run(platform.now());
    let step = scheduler.step();
    while (typeof step !== 'boolean') step = scheduler.proceed(yield step);
    if (step) continue;
    if (platform.suspend && groupIsStopped(system, first.process)) {
      yield* platform.suspend(first.process.stopSignal);
      for (const member of system.group(first.process.group)) sendToProcess(member, kernelInfo(SIGCONT));
      continue;
    }
    const until = system.timers.next;
    if (!(yield* platform.idle(until)) && scheduler.ready === 0 && system.timers.next === Number.POSITIVE_INFINITY) {
      // Those that are left only hold the output: their end is the end of a run that is over.
      if (first.process.zombie) break;
      platform.warn('deadlock: every process waits, and nothing can ever wake one of them');
      deadlock = true;
    }
  }
  yield* killAll(system);
  system.over = true;
  if (deadlock) return { kind: 'deadlock' };
  return first.refusal < 0
    ? { kind: 'refused', errno: -first.refusal }
    : { kind: 'ended', status: first.process.status };
}

/** The kernel's own process and the first one: -errno when that cannot be. */
function* begin(system: System, files: FileService, options: BootOptions): Kernel<First | number> {
  const reaper = new Process(system, system.newPid(), undefined);
  if (reaper.pid !== REAPER) throw new Error(`boot: process 1 got pid ${reaper.pid}`);
  reaper.limits = bootLimits(TASKS_MAX);
  reaper.lastIdentity = Identity.of(options.uid ?? 0, options.gid ?? 0);
  reaper.executable = '/sbin/init';
  reaper.lastName = 'init';
  system.processes.set(REAPER, reaper);
  const table = yield* files.boot(options.cwd, FIRST);
  return table < 0 ? table : startFirst(system, reaper, table, options);
}

/** The first process and, when its program could not be executed, why. */
interface First {
  readonly process: Process;
  refusal: number;
}

function startFirst(system: System, reaper: Process, table: number, options: BootOptions): First | number {
  const process = new Process(system, system.newPid(), reaper);
  process.group = process.pid;
  const memory = AddressSpace.create(system.pool, process.limits);
  if (!memory) return -ENOENT;
  const task = new Task(process, process.pid, system.platform.newContext(), memory, table, table);
  const first: First = { process, refusal: 0 };
  system.first = process;
  process.threads.push(task);
  system.processes.set(process.pid, process);
  system.tasks.set(task.tid, task);
  task.life = firstLife(task, first, options);
  options.watch?.(task);
  system.scheduler.enqueue(task);
  return first;
}

function* firstLife(task: Task, first: First, options: BootOptions): Kernel<void> {
  let result = -ENOENT;
  let best = -ENOENT;
  for (const path of candidates(options)) {
    result = yield* execute(task, path, options.argv, options.envp);
    if (result === 0 || task.process.ending) break;
    if (result === -EACCES) best = result;
    if (result !== -ENOENT && result !== -ENOTDIR && result !== -EACCES) {
      best = result;
      break;
    }
  }
  if (result < 0 && !task.process.ending) {
    first.refusal = best;
    endProcess(task.process, 127 << 8);
  }
  task.life = task.system.live(task);
}

/** Where the program may lie: as given, or in the directories of PATH (execvp(3)). */
function candidates({ program, envp }: BootOptions): string[] {
  if (program.includes('/')) return [program];
  const path = envp.find((entry) => entry.startsWith('PATH='))?.slice(5) ?? '/bin:/usr/bin';
  return path.split(':').map((directory) => `${directory || '.'}/${program}`);
}

/** The first program has ended and no other process still holds the run's output. */
function isOver(system: System, first: Process): boolean {
  if (!first.zombie) return false;
  if (system.endsWithFirst) return true;
  for (const task of system.tasks.values()) if (!task.ended && system.files.holdsStreams(task.table)) return false;
  return true;
}

/** Whether a shell outside would see the whole job as stopped. */
function groupIsStopped(system: System, first: Process): boolean {
  if (first.stopSignal === 0) return false;
  return system.group(first.group).every((member) => member.zombie || rests(member));
}

/** A tracee of a stopped tracer gets no further than to its next stop. */
function rests({ stopSignal, hiddenBy }: Process): boolean {
  return stopSignal !== 0 || (hiddenBy !== undefined && hiddenBy.stopSignal !== 0);
}

function* killAll(system: System): Kernel<void> {
  const { scheduler } = system;
  for (const process of system.processes.values()) if (process.threads.length > 0) endProcess(process, SIGKILL);
  for (let turn = 0; turn < LAST_TURNS && system.tasks.size > 0; turn++) {
    let step = scheduler.step();
    while (typeof step !== 'boolean') step = scheduler.proceed(yield step);
    if (!step) break;
  }
}

/** A signal for the whole run: to the first program, or to its group when a terminal would have sent it there. */
function signalRun(system: System, number: number): void {
  const { first } = system;
  const living = first && !first.zombie ? first : undefined;
  if (!living) {
    for (const process of system.processes.values())
      if (process.pid > REAPER) sendToProcess(process, kernelInfo(number));
  } else if (GROUP_SIGNALS.has(number)) {
    for (const member of system.group(living.group)) sendToProcess(member, kernelInfo(number));
  } else sendToProcess(living, kernelInfo(number));
}

import { EAGAIN } from '../abi/errno.ts';
import type { Row, Services } from './call.ts';
import type { Ipc } from './ipc/ipc.ts';
import type { Pool } from './memory/pool.ts';
import type { Kernel, Platform } from './platform.ts';
import type { Files } from './services.ts';
import type { Futexes } from './tasks/futexes.ts';
import type { Process } from './tasks/process.ts';
import type { Scheduler } from './tasks/scheduler.ts';
import type { Task } from './tasks/task.ts';
import type { Timers } from './time/timers.ts';

/** Most tasks at once: a fork bomb ends in EAGAIN. */
export const TASKS_MAX = 4096;
/** Pids count up to here and start again at PID_RESTART (pid_max, RESERVED_PIDS). */
export const PID_MAX = 32768;
const PID_RESTART = 300;

/** What `boot` makes a kernel of. */
export interface Parts {
  /** System calls by number. */
  readonly calls: readonly (Row | undefined)[];
  readonly platform: Platform;
  readonly files: Files;
  readonly pool: Pool;
  readonly timers: Timers;
  readonly scheduler: Scheduler;
  readonly futexes: Futexes;
  readonly ipc: Ipc;
  readonly services: Services;
  /** The kernel side of a task from its first instruction to its end. */
  readonly live: (task: Task) => Kernel<void>;
  /** Selectors of the flat user segments, as in a fresh context. */
  readonly flatCode: number;
  readonly flatData: number;
}

/** The kernel's tables of processes and tasks, and its parts. */
export class System {
  readonly calls: readonly (Row | undefined)[];
  readonly platform: Platform;
  readonly files: Files;
  readonly pool: Pool;
  readonly timers: Timers;
  readonly scheduler: Scheduler;
  readonly futexes: Futexes;
  readonly ipc: Ipc;
  readonly services: Services;
  readonly live: (task: Task) => Kernel<void>;
  readonly flatCode: number;
  readonly flatData: number;
  /** Processes by pid, zombies included. */
  readonly processes = new Map<number, Process>();
  readonly tasks = new Map<number, Task>();
  /** Controlling terminals by session. */
  readonly terminals = new Map<number, number>();
  /** Unknown calls that were named already. */
  readonly unknownCalls = new Set<number>();
  /** The program that the run is about. */
  first: Process | undefined;
  /** The run was asked from outside to end: nobody outlives the first program. */
  endsWithFirst = false;
  /** The run has come to its end: nothing may be left that belonged to a process. */
  over = false;
  /** Processes that were killed because memory was exhausted. */
  outOfMemoryKills = 0;
  hostName = 'nestlab';
  domainName = '(none)';
  #lastPid = 0;

  constructor(parts: Parts) {
    this.calls = parts.calls;
    this.platform = parts.platform;
    this.files = parts.files;
    this.pool = parts.pool;
    this.timers = parts.timers;
    this.scheduler = parts.scheduler;
    this.futexes = parts.futexes;
    this.ipc = parts.ipc;
    this.services = parts.services;
    this.live = parts.live;
    this.flatCode = parts.flatCode;
    this.flatData = parts.flatData;
  }

  /** A free pid or tid, or -EAGAIN. A number that still names a group or session is not free. */
  newPid(): number {
    if (this.tasks.size >= TASKS_MAX || this.processes.size >= TASKS_MAX) return -EAGAIN;
    for (let tries = 0; tries < PID_MAX; tries++) {
      this.#lastPid = this.#lastPid >= PID_MAX - 1 ? PID_RESTART : this.#lastPid + 1;
      if (!this.#names(this.#lastPid)) return this.#lastPid;
    }
    return -EAGAIN;
  }

  /** The processes of a group, in order of pid allocation. */
  group(group: number): Process[] {
    return [...this.processes.values()].filter((process) => process.group === group);
  }

  #names(pid: number): boolean {
    if (this.tasks.has(pid) || this.processes.has(pid)) return true;
    for (const process of this.processes.values()) if (process.group === pid || process.session === pid) return true;
    return false;
  }
}

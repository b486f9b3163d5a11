import * as F from '../../abi/flags.ts';
import type { TaskDetails, TaskFacts } from '../services.ts';
import type { ProcessSource } from './source.ts';

/** Nanoseconds of a clock tick (USER_HZ 100). */
const TICK = 1e7;
/** The only policy of its kind here: SCHED_OTHER runs at this priority plus nice. */
const PRIORITY = 20;
/** PF_RANDOMIZE of a process that runs a program. */
const RUNS = 0x400000;
/** No limit, as a 32-bit word. */
const NO_LIMIT = 0xffffffff;

const ticks = (ns: number) => Math.floor(ns / TICK);
const mask = (bits: number) => (bits >>> 0).toString(16).padStart(16, '0');

/** Who may not look into a task sees addresses as 0 (and the code's as 1). */
type Seen = TaskDetails | undefined;

/** /proc/PID/stat (proc_pid_stat(5)): major faults, page-outs and guest times are 0. */
export function stat({ core }: ProcessSource, facts: TaskFacts, asker: number): string {
  const { terminals, tasks } = core;
  const terminal = terminals.get(facts.terminal);
  const details: Seen = tasks.details(facts.tid);
  const open = tasks.mayInspect(asker, facts.tid) === 0 ? details : undefined;
  const [codeStart, codeEnd, dataStart, dataEnd] = open?.image ?? [1, 1, 0, 0];
  const [stack, heap, argStart, argEnd, envStart, envEnd] = open?.bounds ?? [0, 0, 0, 0, 0, 0];
  const limit = tasks.limit(facts.pid, F.RLIMIT_RSS);
  const fields = [
    facts.tid,
    `(${facts.name})`,
    facts.state,
    facts.parent,
    facts.group,
    facts.session,
    facts.terminal,
    terminal ? terminal.group : -1,
    RUNS,
    details?.faults ?? 0,
    details?.childFaults ?? 0,
    ...[0, 0],
    ticks(facts.userTime),
    ticks(facts.systemTime),
    ticks(details?.childUserTime ?? 0),
    ticks(details?.childSystemTime ?? 0),
    PRIORITY + facts.nice,
    facts.nice,
    facts.threads,
    0,
    ticks(facts.startTime),
    facts.virtualSize,
    facts.residentPages,
    Number.isFinite(limit) ? limit : NO_LIMIT,
    codeStart,
    codeEnd,
    stack,
    ...[0, 0],
    facts.pendingSignals >>> 0,
    facts.blockedSignals >>> 0,
    facts.ignoredSignals >>> 0,
    facts.caughtSignals >>> 0,
    facts.state === 'S' && open ? 1 : 0,
    ...[0, 0],
    details?.exitSignal ?? 0,
    ...[0, 0, 0, 0, 0, 0],
    dataStart,
    dataEnd,
    heap,
    argStart,
    argEnd,
    envStart,
    envEnd,
    0,
  ];
  return `${fields.join(' ')}\n`;
}

const STATES = {
  R: 'R (running)',
  S: 'S (sleeping)',
  D: 'D (disk sleep)',
  T: 'T (stopped)',
  t: 't (tracing stop)',
  Z: 'Z (zombie)',
} as const;

/** /proc/PID/status (proc_pid_status(5)). */
export function status(source: ProcessSource, facts: TaskFacts): string {
  const { tasks } = source.core;
  const who = tasks.credentials(facts.pid);
  const details: Seen = tasks.details(facts.tid);
  const slots = Math.max(64, 2 ** Math.ceil(Math.log2((source.table(facts.pid)?.highest ?? 0) + 1)));
  const ids = (real: number, effective: number) => `${real}\t${effective}\t${effective}\t${effective}`;
  const lines = [
    `Name:\t${facts.name}`,
    `Umask:\t${(source.places(facts.pid)?.umask ?? 0).toString(8).padStart(4, '0')}`,
    `State:\t${STATES[facts.state]}`,
    `Tgid:\t${facts.pid}`,
    'Ngid:\t0',
    `Pid:\t${facts.tid}`,
    `PPid:\t${facts.parent}`,
    `TracerPid:\t${details?.tracer ?? 0}`,
    `Uid:\t${ids(who.realUid, who.uid)}`,
    `Gid:\t${ids(who.realGid, who.gid)}`,
    `FDSize:\t${slots}`,
    `Groups:\t${who.groups.map((group) => `${group} `).join('')}`,
    `NStgid:\t${facts.pid}`,
    `NSpid:\t${facts.tid}`,
    `NSpgid:\t${facts.group}`,
    `NSsid:\t${facts.session}`,
    ...facts.memoryStatus(),
    'CoreDumping:\t0',
    'THP_enabled:\t0',
    `Threads:\t${facts.threads}`,
    'SigQ:\t0/4096',
    `SigPnd:\t${mask(0)}`,
    `ShdPnd:\t${mask(facts.pendingSignals)}`,
    `SigBlk:\t${mask(facts.blockedSignals)}`,
    `SigIgn:\t${mask(facts.ignoredSignals)}`,
    `SigCgt:\t${mask(facts.caughtSignals)}`,
    ...Object.entries(facts.capabilities).map(([name, set]) => `${name}:\t${set}`),
    `NoNewPrivs:\t${facts.noNewPrivileges ? 1 : 0}`,
    `Seccomp:\t${facts.seccomp}`,
    `Seccomp_filters:\t${facts.seccompFilters}`,
    'Cpus_allowed:\t1',
    'Cpus_allowed_list:\t0',
    'Mems_allowed:\t1',
    'Mems_allowed_list:\t0',
    `voluntary_ctxt_switches:\t${details?.voluntarySwitches ?? 0}`,
    `nonvoluntary_ctxt_switches:\t${details?.involuntarySwitches ?? 0}`,
  ];
  return `${lines.join('\n')}\n`;
}

const LIMITS: readonly (readonly [name: string, resource: number, unit: string])[] = [
  ['Max cpu time', F.RLIMIT_CPU, 'seconds'],
  ['Max file size', F.RLIMIT_FSIZE, 'bytes'],
  ['Max data size', F.RLIMIT_DATA, 'bytes'],
  ['Max stack size', F.RLIMIT_STACK, 'bytes'],
  ['Max core file size', F.RLIMIT_CORE, 'bytes'],
  ['Max resident set', F.RLIMIT_RSS, 'bytes'],
  ['Max processes', F.RLIMIT_NPROC, 'processes'],
  ['Max open files', F.RLIMIT_NOFILE, 'files'],
  ['Max locked memory', F.RLIMIT_MEMLOCK, 'bytes'],
  ['Max address space', F.RLIMIT_AS, 'bytes'],
  ['Max file locks', F.RLIMIT_LOCKS, 'locks'],
  ['Max pending signals', F.RLIMIT_SIGPENDING, 'signals'],
  ['Max msgqueue size', F.RLIMIT_MSGQUEUE, 'bytes'],
  ['Max nice priority', F.RLIMIT_NICE, ''],
  ['Max realtime priority', F.RLIMIT_RTPRIO, ''],
  ['Max realtime timeout', F.RLIMIT_RTTIME, 'us'],
];

/** /proc/PID/limits: soft limits stand for hard ones too. */
export function limits({ core }: ProcessSource, facts: TaskFacts): string {
  const head = `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n`;
  const rows = LIMITS.map(([name, resource, unit]) => {
    const soft = core.tasks.limit(facts.pid, resource);
    const shown = (Number.isFinite(soft) ? `${soft}` : 'unlimited').padEnd(20);
    return `${name.padEnd(25)} ${shown} ${shown} ${unit.padEnd(10)}\n`;
  });
  return head + rows.join('');
}

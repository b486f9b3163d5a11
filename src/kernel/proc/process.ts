import { EINVAL, ENOENT, EPERM } from '../../abi/errno.ts';
import { syscallName } from '../../abi/syscalls.ts';
import type { Place } from '../files/namespace.ts';
import type { Owner } from '../files/node.ts';
import type { Places } from '../files/places.ts';
import type { TaskFacts } from '../services.ts';
import { netDirectory } from '../sockets/tables.ts';
import { descriptorDirectory, shown } from './descriptors.ts';
import type { DirectoryItem, Item, LinkItem } from './generated.ts';
import { memoryFile } from './memory-file.ts';
import { mountInfo, mountStats, mounts } from './mounts.ts';
import { nameSpaces } from './namespaces.ts';
import { numberOf, type ProcessSource } from './source.ts';
import { limits, stat, status } from './status.ts';

/** What a file of /proc/PID shows to the process `asker`. */
type Text = (source: ProcessSource, facts: TaskFacts, asker: number) => string;
/** What writing to it does; 0 or -errno. */
type Take = (source: ProcessSource, tid: number, text: string) => number;

const zeroEnded = (strings: readonly string[]) => strings.map((s) => `${s}\0`).join('');
const hex = (value: number) => `0x${value.toString(16)}`;

/** The call that a task waits in (proc_pid_syscall(5)). */
function syscall({ core }: ProcessSource, facts: TaskFacts): string {
  const call = core.tasks.details(facts.tid)?.call;
  if (!call) return 'running\n';
  return `${[call.number, ...call.args.map(hex), hex(call.esp), hex(call.eip)].join(' ')}\n`;
}

/** Where a task waits: the name of its call, as this kernel has no functions to name. */
function waitChannel({ core }: ProcessSource, facts: TaskFacts): string {
  const call = core.tasks.details(facts.tid)?.call;
  return call ? syscallName(call.number) : '0';
}

function children({ core }: ProcessSource, facts: TaskFacts): string {
  const pids = core.tasks.pids().filter((pid) => core.tasks.describe(pid)?.parent === facts.pid);
  return pids.map((pid) => `${pid} `).join('');
}

function schedule({ core }: ProcessSource, facts: TaskFacts): string {
  const details = core.tasks.details(facts.tid);
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['se.sum_exec_runtime', ((facts.userTime + facts.systemTime) / 1e6).toFixed(6)],
    ['nr_switches', `${(details?.voluntarySwitches ?? 0) + (details?.involuntarySwitches ?? 0)}`],
    ['nr_voluntary_switches', `${details?.voluntarySwitches ?? 0}`],
    ['nr_involuntary_switches', `${details?.involuntarySwitches ?? 0}`],
    ['policy', '0'],
    ['prio', `${120 + facts.nice}`],
  ];
  const head = `${facts.name} (${facts.tid}, #threads: ${facts.threads})\n`;
  return `${head}${'-'.repeat(67)}\n${rows.map(([name, value]) => `${name.padEnd(45)}:${value.padStart(21)}\n`).join('')}`;
}

/** A number between bounds that a program writes and nobody obeys; -EINVAL. */
function number(text: string, least: number, most: number): number {
  const value = Number(text.trim());
  return Number.isInteger(value) && value >= least && value <= most ? 0 : -EINVAL;
}

const ALL_IDS = `${'0'.padStart(10)} ${'0'.padStart(10)} ${'4294967295'.padStart(10)}\n`;
const NO_IO = 'rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n';

/** Files of /proc/PID by name; the position in the list is part of the inode number. */
const TEXTS: readonly (readonly [name: string, text: Text, mode?: number, take?: Take])[] = [
  ['stat', stat],
  ['status', status],
  ['statm', (_source, facts) => facts.statm()],
  ['cmdline', (_source, facts) => zeroEnded(facts.commandLine)],
  ['comm', (_source, facts) => `${facts.name}\n`, 0o644, rename],
  ['environ', (_source, facts) => zeroEnded(facts.environment), 0o400],
  ['maps', (_source, facts) => facts.maps()],
  ['smaps', (_source, facts) => facts.smaps()],
  ['smaps_rollup', (_source, facts) => facts.rollup()],
  ['mounts', ({ core, root }) => mounts(core.namespace, root)],
  ['mountinfo', ({ core, root }) => mountInfo(core.namespace, root)],
  ['mountstats', ({ core, root }) => mountStats(core.namespace, root), 0o400],
  ['limits', limits],
  ['wchan', waitChannel],
  ['syscall', syscall, 0o400],
  ['sched', schedule, 0o644],
  ['schedstat', (_source, facts) => `${Math.floor(facts.userTime + facts.systemTime)} 0 0\n`],
  ['oom_score', () => '0\n'],
  ['oom_score_adj', () => '0\n', 0o644, (_source, _tid, text) => number(text, -1000, 1000)],
  ['oom_adj', () => '0\n', 0o644, (_source, _tid, text) => number(text, -17, 15)],
  ['loginuid', () => '4294967295', 0o644],
  ['sessionid', () => '4294967295'],
  ['cgroup', () => '0::/\n'],
  ['cpuset', () => '/\n'],
  ['io', () => NO_IO, 0o400],
  ['auxv', ({ core }, facts) => String.fromCharCode(...(core.tasks.details(facts.tid)?.auxiliary ?? [])), 0o400],
  [
    'personality',
    ({ core }, facts) => `${(core.tasks.details(facts.tid)?.personality ?? 0).toString(16).padStart(8, '0')}\n`,
    0o400,
  ],
  ['coredump_filter', () => '00000033\n', 0o644, (_source, _tid, text) => number(text, 0, 0x1ff)],
  ['timers', () => '', 0o444],
  ['timerslack_ns', () => '50000\n', 0o666, (_source, _tid, text) => number(text, 0, Number.MAX_SAFE_INTEGER)],
  ['uid_map', () => ALL_IDS, 0o644],
  ['gid_map', () => ALL_IDS, 0o644],
  ['projid_map', () => ALL_IDS, 0o644],
  ['setgroups', () => 'allow\n', 0o644],
  ['children', children],
];

/** Texts that only who may look into the task sees; to others they are empty. */
const CLOSED: ReadonlySet<string> = new Set('maps smaps smaps_rollup environ auxv syscall personality'.split(' '));

/** Files that only /proc/PID/task/TID has, and those that it has not. */
const THREADS_ONLY: ReadonlySet<string> = new Set(['children']);
const NOT_OF_THREADS: ReadonlySet<string> = new Set(['mountstats', 'coredump_filter', 'timers', 'timerslack_ns']);

/** Writing to comm: the name of a thread. */
function rename({ core }: ProcessSource, tid: number, text: string): number {
  core.tasks.rename(tid, text.replace(/\n$/, ''));
  return 0;
}

/** The part of the inode numbers that network files have. */
const NET_SLOT = 0x800;

/**
 * The directory /proc/PID, which is also there for a thread's number although it is not listed (or, with `thread`,
 * /proc/PID/task/TID, which has no task directory of its own).
 */
export function processDirectory(source: ProcessSource, pid: number, thread = false): DirectoryItem {
  const facts = source.facts(pid);
  const owner = facts ? { uid: facts.uid, gid: facts.gid } : { uid: 0, gid: 0 };
  const text = (index: number): Item => {
    const [, make, mode, take] = TEXTS[index];
    return {
      kind: 'text',
      number: numberOf(pid, 16 + index),
      mode: mode ?? 0o444,
      owner,
      text: (asker) => {
        const now = source.facts(pid);
        const closed = CLOSED.has(TEXTS[index][0]) && source.core.tasks.mayInspect(asker, pid) === -EPERM;
        return now && !closed ? make(source, now, asker) : '';
      },
      ...(take ? { take: (bytes: string) => take(source, pid, bytes) } : {}),
    };
  };
  const others: Record<string, () => Item> = {
    fd: () => descriptorDirectory(source, pid, 'fd'),
    fdinfo: () => descriptorDirectory(source, pid, 'fdinfo'),
    cwd: () => placeLink(source, pid, 2, (places) => places.cwd),
    root: () => placeLink(source, pid, 3, (places) => places.root),
    net: () => netDirectory(source.core, numberOf(pid, NET_SLOT)),
    exe: () => executableLink(source, pid, owner),
    ns: () => nameSpaces(source, numberOf(pid, 8), pid),
    mem: () => ({ kind: 'open', number: numberOf(pid, 9), mode: 0o600, owner, open: () => memoryFile(pid) }),
  };
  const isHere = (name: string) => !(thread ? NOT_OF_THREADS : THREADS_ONLY).has(name);
  if (!thread) others.task = () => taskDirectory(source, pid);
  return {
    kind: 'directory',
    number: numberOf(pid, thread ? 1 : 0),
    owner,
    names: () => [...Object.keys(others), ...TEXTS.map(([name]) => name).filter(isHere)],
    item(name) {
      if (Object.hasOwn(others, name)) return others[name]();
      const index = TEXTS.findIndex(([known]) => known === name);
      return index < 0 || !isHere(name) ? undefined : text(index);
    },
  };
}

function taskDirectory(source: ProcessSource, pid: number): DirectoryItem {
  return {
    kind: 'directory',
    number: numberOf(pid, 5),
    names: () => (source.facts(pid)?.tids ?? []).map((tid) => `${tid}`),
    item(name) {
      const tid = (source.facts(pid)?.tids ?? []).find((known) => `${known}` === name);
      return tid === undefined ? undefined : processDirectory(source, tid, true);
    },
  };
}

function placeLink(source: ProcessSource, pid: number, slot: number, where: (places: Places) => Place): LinkItem {
  const place = () => {
    const places = source.places(pid);
    return places && where(places);
  };
  return {
    kind: 'link',
    number: numberOf(pid, slot),
    task: pid,
    place,
    target: () => {
      const now = place();
      return now ? shown(source, now) : -ENOENT;
    },
  };
}

/** The program that a process runs; kernel threads and zombies have none. */
function executableLink(source: ProcessSource, pid: number, owner: Owner): LinkItem {
  const facts = source.facts(pid);
  const place = source.core.open.get(facts?.executableFile ?? 0)?.place;
  return {
    kind: 'link',
    number: numberOf(pid, 4),
    task: pid,
    owner,
    place: () => place,
    target: () => (place ? shown(source, place) : facts?.executable || -ENOENT),
  };
}

import { ENAMETOOLONG, ENOENT } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { type Place, shownPath } from '../files/namespace.ts';
import type { Owner } from '../files/node.ts';
import type { OpenFile } from '../files/open-file.ts';
import type { Places } from '../files/places.ts';
import type { Table } from '../files/table.ts';
import { PAGE } from '../memory/frames.ts';
import type { TaskFacts } from '../services.ts';
import { netDirectory } from '../sockets/tables.ts';
import type { DirectoryItem, Item, LinkItem } from './generated.ts';
import { mountInfo, mounts } from './mounts.ts';

/** Nanoseconds of a clock tick (USER_HZ 100). */
const TICK = 1e7;

/** What /proc/PID needs to know. */
export interface ProcessSource {
  readonly core: FilesCore;
  readonly root: Place;
  facts(pid: number): TaskFacts | undefined;
  table(pid: number): Table | undefined;
  places(pid: number): Places | undefined;
}

/** What a file of /proc/PID shows. */
type Text = (source: ProcessSource, facts: TaskFacts) => string;

const ticks = (ns: number) => Math.floor(ns / TICK);
const mask = (bits: number) => (bits >>> 0).toString(16).padStart(16, '0');
const zeroEnded = (strings: readonly string[]) => strings.map((s) => `${s}\0`).join('');

/** /proc/PID/stat (proc_pid_stat(5)): what is not known is 0. */
function stat({ core }: ProcessSource, facts: TaskFacts): string {
  const { terminals } = core;
  const terminal = terminals.get(facts.terminal);
  const fields = [
    facts.tid,
    `(${facts.name})`,
    facts.state,
    facts.parent,
    facts.group,
    facts.session,
    facts.terminal,
    terminal ? terminal.group : -1,
    0x400000,
    ...[0, 0, 0, 0],
    ticks(facts.userTime),
    ticks(facts.systemTime),
    ...[0, 0],
    20 + facts.nice,
    facts.nice,
    facts.threads,
    0,
    ticks(facts.startTime),
    facts.virtualSize,
    facts.residentPages,
    4294967295,
    ...[0, 0, 0, 0, 0],
    facts.pendingSignals >>> 0,
    facts.blockedSignals >>> 0,
    facts.ignoredSignals >>> 0,
    facts.caughtSignals >>> 0,
    ...[0, 0, 0, 17, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
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

function status(source: ProcessSource, facts: TaskFacts): string {
  const who = source.core.tasks.credentials(facts.pid);
  const ids = (real: number, effective: number) => `${real}\t${effective}\t${effective}\t${effective}`;
  const lines = [
    `Name:\t${facts.name}`,
    `Umask:\t${(source.places(facts.pid)?.umask ?? 0).toString(8).padStart(4, '0')}`,
    `State:\t${STATES[facts.state]}`,
    `Tgid:\t${facts.pid}`,
    'Ngid:\t0',
    `Pid:\t${facts.tid}`,
    `PPid:\t${facts.parent}`,
    'TracerPid:\t0',
    `Uid:\t${ids(who.realUid, who.uid)}`,
    `Gid:\t${ids(who.realGid, who.gid)}`,
    'FDSize:\t64',
    `Groups:\t${who.groups.map((group) => `${group} `).join('')}`,
    `NStgid:\t${facts.pid}`,
    `NSpid:\t${facts.tid}`,
    `NSpgid:\t${facts.group}`,
    `NSsid:\t${facts.session}`,
    ...facts.memoryStatus(),
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
    'voluntary_ctxt_switches:\t0',
    'nonvoluntary_ctxt_switches:\t0',
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

function limits({ core }: ProcessSource, facts: TaskFacts): string {
  const head = `${'Limit'.padEnd(25)} ${'Soft Limit'.padEnd(20)} ${'Hard Limit'.padEnd(20)} ${'Units'.padEnd(10)}\n`;
  const rows = LIMITS.map(([name, resource, unit]) => {
    const soft = core.tasks.limit(facts.pid, resource);
    const shown = (Number.isFinite(soft) ? `${soft}` : 'unlimited').padEnd(20);
    return `${name.padEnd(25)} ${shown} ${shown} ${unit.padEnd(10)}\n`;
  });
  return head + rows.join('');
}

/** Files of /proc/PID by name; the position in the list is part of the inode number. */
const TEXTS: readonly (readonly [name: string, text: Text, mode?: number])[] = [
  ['stat', stat],
  ['status', status],
  ['statm', (_source, facts) => facts.statm()],
  ['cmdline', (_source, facts) => zeroEnded(facts.commandLine)],
  ['comm', (_source, facts) => `${facts.name}\n`, 0o644],
  ['environ', (_source, facts) => zeroEnded(facts.environment), 0o400],
  ['maps', (_source, facts) => facts.maps()],
  ['smaps', (_source, facts) => facts.smaps()],
  ['smaps_rollup', (_source, facts) => facts.rollup()],
  ['mounts', ({ core, root }) => mounts(core.namespace, root)],
  ['mountinfo', ({ core, root }) => mountInfo(core.namespace, root)],
  ['limits', limits],
  ['wchan', () => '0'],
  ['oom_score', () => '0\n'],
  ['oom_score_adj', () => '0\n', 0o644],
  ['loginuid', () => '4294967295'],
  ['sessionid', () => '4294967295'],
  ['cgroup', () => '0::/\n'],
  [
    'io',
    () => 'rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n',
    0o400,
  ],
  ['auxv', () => '', 0o400],
];

/** Inode numbers of one process's entries begin here. */
const numberOf = (pid: number, slot: number) => pid * 0x10000 + slot;
const FD_SLOT = 0x1000;
const NET_SLOT = 0x800;
const FDINFO_SLOT = 0x8000;

/**
 * The directory /proc/PID, which is also there for a thread's number although it is not listed (or, with `thread`,
 * /proc/PID/task/TID, which has no task directory of its own).
 */
export function processDirectory(source: ProcessSource, pid: number, thread = false): DirectoryItem {
  const facts = source.facts(pid);
  const owner = facts ? { uid: facts.uid, gid: facts.gid } : { uid: 0, gid: 0 };
  const text = (index: number): Item => ({
    kind: 'text',
    number: numberOf(pid, 16 + index),
    mode: TEXTS[index][2] ?? 0o444,
    owner,
    text: () => {
      const now = source.facts(pid);
      return now ? TEXTS[index][1](source, now) : '';
    },
  });
  const others: Record<string, () => Item> = {
    fd: () => descriptorDirectory(source, pid, 'fd'),
    fdinfo: () => descriptorDirectory(source, pid, 'fdinfo'),
    cwd: () => placeLink(source, pid, 2, (places) => places.cwd),
    root: () => placeLink(source, pid, 3, (places) => places.root),
    net: () => netDirectory(source.core, numberOf(pid, NET_SLOT)),
    exe: () => executableLink(source, pid, owner),
  };
  if (!thread) others.task = () => taskDirectory(source, pid);
  return {
    kind: 'directory',
    number: numberOf(pid, thread ? 1 : 0),
    owner,
    names: () => [...Object.keys(others), ...TEXTS.map(([name]) => name)],
    item(name) {
      if (Object.hasOwn(others, name)) return others[name]();
      const index = TEXTS.findIndex(([known]) => known === name);
      return index < 0 ? undefined : text(index);
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

/** The text of a link to a place; -ENAMETOOLONG when no path can be that long. */
function shown(source: ProcessSource, place: Place): string | number {
  const path = shownPath(source.root, place);
  return path.length < PAGE ? path : -ENAMETOOLONG;
}

function placeLink(source: ProcessSource, pid: number, slot: number, where: (places: Places) => Place): LinkItem {
  const place = () => {
    const places = source.places(pid);
    return places && where(places);
  };
  return {
    kind: 'link',
    number: numberOf(pid, slot),
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
    owner,
    place: () => place,
    target: () => (place ? shown(source, place) : facts?.executable || -ENOENT),
  };
}

function descriptorDirectory(source: ProcessSource, pid: number, kind: 'fd' | 'fdinfo'): DirectoryItem {
  const facts = source.facts(pid);
  return {
    kind: 'directory',
    number: numberOf(pid, kind === 'fd' ? 6 : 7),
    mode: 0o500,
    owner: { uid: facts?.uid ?? 0, gid: facts?.gid ?? 0 },
    names: () => [...(source.table(pid)?.descriptors() ?? [])].map(([fd]) => `${fd}`),
    item(name) {
      if (!/^(0|[1-9]\d{0,6})$/.test(name)) return undefined;
      const fd = Number(name);
      const file = source.table(pid)?.get(fd);
      if (!file) return undefined;
      return kind === 'fd' ? descriptorLink(source, pid, fd, file) : descriptorInfo(pid, fd, file);
    },
  };
}

function descriptorLink(source: ProcessSource, pid: number, fd: number, file: OpenFile): LinkItem {
  return {
    kind: 'link',
    number: numberOf(pid, FD_SLOT + fd),
    mode: (file.readable ? 0o500 : 0o100) | (file.writable ? 0o300 : 0o100),
    place: () => file.place,
    target: () => shown(source, file.place),
  };
}

function descriptorInfo(pid: number, fd: number, file: OpenFile): Item {
  return {
    kind: 'text',
    number: numberOf(pid, FDINFO_SLOT + fd),
    text: () => `pos:\t${file.position}\nflags:\t0${file.flags.toString(8)}\nmnt_id:\t${file.place.mount.id}\n`,
  };
}

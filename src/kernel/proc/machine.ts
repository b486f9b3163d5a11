import type { FilesCore } from '../files/core.ts';
import { majorOf, minorOf } from '../files/devices.ts';
import type { LockList } from '../files/locks.ts';
import type { Inode } from '../files/node.ts';

const hex = (value: number) => value.toString(16).padStart(2, '0');

/** /proc/locks: record locks and flocks of all open files (proc(5)). */
export function locks(core: FilesCore): string {
  const nodes = new Map<LockList, Inode>();
  for (const { node } of core.open.values()) if (node.locks) nodes.set(node.locks, node);
  let number = 0;
  let text = '';
  for (const [list, node] of nodes) {
    const { device } = node.fs;
    const where = `${hex(majorOf(device))}:${hex(minorOf(device))}:${node.number}`;
    for (const { kind, type, pid, span } of list.shown())
      text += `${++number}: ${kind} ${type} ${pid} ${where} ${span}\n`;
  }
  return text;
}

/** /proc/buddyinfo: all free memory in the largest blocks. */
function buddies({ frames }: FilesCore): string {
  const [largest, rest] = [Math.floor(frames.free / 1024), frames.free % 1024];
  const counts = [rest, ...new Array<number>(9).fill(0), largest];
  return `Node 0, zone   Normal ${counts.map((count) => `${count}`.padStart(6)).join(' ')} \n`;
}

/** /proc/zoneinfo: one zone. */
function zones({ frames }: FilesCore): string {
  return `Node 0, zone   Normal\n  pages free     ${frames.free}\n        min      0\n        low      0\n        high     0\n        spanned  ${frames.total}\n        present  ${frames.total}\n        managed  ${frames.total}\n`;
}

const SLABS =
  'slabinfo - version: 2.1\n' +
  '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n';
const SOFT_INTERRUPTS = ['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'];
const TERMINALS =
  '/dev/tty             /dev/tty        5       0 system:/dev/tty\n' +
  '/dev/console         /dev/console    5       1 system:console\n' +
  '/dev/ptmx            /dev/ptmx       5       2 system\n' +
  'pty_slave            /dev/pts      136 0-1048575 pty:slave\n' +
  'pty_master           /dev/ptm      128 0-1048575 pty:master\n';

/** A file of /proc about the machine: its name (with a folder), its text, its permissions. */
export type MachineText = readonly [name: string, text: (core: FilesCore) => string, mode?: number];

/** What a machine with one processor, no disks and no modules has in /proc. */
export const MACHINE_TEXTS: readonly MachineText[] = [
  ['buddyinfo', buddies],
  ['zoneinfo', zones],
  ['slabinfo', () => SLABS, 0o400],
  ['diskstats', () => ''],
  ['locks', locks],
  ['modules', () => ''],
  ['misc', () => ''],
  ['consoles', () => 'tty0                 -W- (EC p  )    4:1\n'],
  ['execdomains', () => '0-0\tLinux           \t[kernel]\n'],
  ['dma', () => ' 4: cascade\n'],
  ['iomem', (core) => `00000000-${(core.frames.total * 4096 - 1).toString(16).padStart(8, '0')} : System RAM\n`],
  ['ioports', () => ''],
  ['cgroups', () => '#subsys_name\thierarchy\tnum_cgroups\tenabled\n'],
  [
    'softirqs',
    () =>
      `                    CPU0       \n${SOFT_INTERRUPTS.map((n) => `${`${n}:`.padStart(12)}          0\n`).join('')}`,
  ],
  ['tty/drivers', () => TERMINALS],
  ['tty/ldiscs', () => 'n_tty       0\n'],
];

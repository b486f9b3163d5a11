import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import type { Area } from './area.ts';
import { PAGE } from './frames.ts';
import { FRAME_SHIFT, PRIVATE } from './pages.ts';
import type { AddressSpace } from './space.ts';

const KIB = PAGE / 1024;

/** Pages of an area that are there, by kind. */
interface Presence {
  resident: number;
  anonymous: number;
  /** Pages whose frame others hold too, and those of them that were written. */
  shared: number;
  sharedDirty: number;
  /** Pages that were written, as far as this world can tell. */
  dirty: number;
  /** Sum of each page's part, for those who share it. */
  proportional: number;
}

function presence({ pages, pool, space }: AddressSpace, { start, end, backing, shared }: Area): Presence {
  const found: Presence = { resident: 0, anonymous: 0, shared: 0, sharedDirty: 0, dirty: 0, proportional: 0 };
  for (let page = pages.next(start, end); page < end; page = pages.next(page + 1, end)) {
    const entry = pages.get(page);
    const frame = entry >>> FRAME_SHIFT;
    // The page of zeros is nobody's.
    if (frame === pool.zero) continue;
    const own = (entry & PRIVATE) !== 0;
    // The page cache, or what backs shared memory, holds a frame too.
    const users = Math.max(1, pool.frames.references(frame) - (own || (!backing && !shared) ? 0 : 1));
    found.resident++;
    // A page of its own is one because it was written.
    const dirty = own || space.dirty(page) === true;
    if (own) found.anonymous++;
    if (dirty) found.dirty++;
    if (users > 1) found.shared++;
    if (users > 1 && dirty) found.sharedDirty++;
    found.proportional += 1 / users;
  }
  return found;
}

/** Pages of all areas by what they are, as /proc/PID/status and statm tell them. */
function totals(space: AddressSpace) {
  const sums = { file: 0, shared: 0, anonymous: 0, data: 0, stack: 0, text: 0, libraries: 0, locked: 0 };
  for (const area of space.areas.list) {
    const { resident, anonymous } = presence(space, area);
    const size = area.end - area.start;
    sums.anonymous += anonymous;
    if (area.backing?.file) sums.file += resident - anonymous;
    else if (area.backing) sums.shared += resident - anonymous;
    if (area.locked) sums.locked += size;
    if (area.growsDown) sums.stack += size;
    else if (!area.shared && area.rights & PROT_WRITE) sums.data += size;
    else if (area.backing?.file && area.rights & PROT_EXEC) {
      if (area.start * PAGE < space.heapStart) sums.text += size;
      else sums.libraries += size;
    }
  }
  return sums;
}

/** The lines of /proc/PID/status about memory (proc_pid_status(5)). */
export function memoryStatus(space: AddressSpace): string[] {
  const sums = totals(space);
  const resident = sums.anonymous + sums.file + sums.shared;
  const rows: readonly (readonly [name: string, pages: number])[] = [
    ['VmPeak', space.areas.peak],
    ['VmSize', space.areas.pages],
    ['VmLck', sums.locked],
    ['VmPin', 0],
    ['VmHWM', Math.max(resident, space.pages.peak)],
    ['VmRSS', resident],
    ['RssAnon', sums.anonymous],
    ['RssFile', sums.file],
    ['RssShmem', sums.shared],
    ['VmData', sums.data],
    ['VmStk', sums.stack],
    ['VmExe', sums.text],
    ['VmLib', sums.libraries],
    ['VmPTE', space.pages.tables],
    ['VmSwap', 0],
  ];
  return rows.map(([name, pages]) => `${name}:\t${`${pages * KIB}`.padStart(8)} kB`);
}

/** /proc/PID/statm: size, resident, shared, text, 0, data, 0, in pages. */
export function memoryCounts(space: AddressSpace): string {
  const sums = totals(space);
  const shared = sums.file + sums.shared;
  return `${space.areas.pages} ${sums.anonymous + shared} ${shared} ${sums.text} 0 ${sums.data + sums.stack} 0\n`;
}

const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [PROT_READ, 'rd'],
  [PROT_WRITE, 'wr'],
  [PROT_EXEC, 'ex'],
];

function flagsOf({ rights, shared, mayWrite, growsDown, locked, fork }: Area): string {
  const words = FLAGS.map(([bit, name]) => (rights & bit ? `${name} ` : '')).join('');
  const may = `mr ${mayWrite ? 'mw ' : ''}me ${shared ? 'ms ' : ''}`;
  const rest = `${growsDown ? 'gd ' : ''}${locked ? 'lo ' : ''}${fork === 'omit' ? 'dc ' : ''}`;
  return `${words}${shared ? 'sh ' : ''}${may}${rest}${fork === 'wipe' ? 'wf ' : ''}`;
}

/** What /proc/PID/smaps tells of an area, below the line that /proc/PID/maps has too. */
export function areaReport(space: AddressSpace, area: Area): string {
  const rows = counts(space, [area]);
  const size = [
    ['Size', (area.end - area.start) * KIB],
    ['KernelPageSize', KIB],
    ['MMUPageSize', KIB],
  ] as const;
  const lines = [...size, ...rows].map(([name, kib]) => `${`${name}:`.padEnd(16)}${`${kib}`.padStart(8)} kB\n`);
  return `${lines.join('')}THPeligible:           0\nVmFlags: ${flagsOf(area)}\n`;
}

/** /proc/PID/smaps_rollup below its first line. */
export function spaceReport(space: AddressSpace): string {
  return counts(space, space.areas.list)
    .map(([name, kib]) => `${`${name}:`.padEnd(16)}${`${kib}`.padStart(8)} kB\n`)
    .join('');
}

function counts(space: AddressSpace, areas: readonly Area[]): (readonly [name: string, kib: number])[] {
  const all = areas.map((area) => ({ area, ...presence(space, area) }));
  const sum = (pages: (one: (typeof all)[number]) => number): number =>
    Math.floor(all.reduce((total, one) => total + pages(one), 0) * KIB);
  const resident = sum((one) => one.resident);
  const anonymous = sum((one) => one.anonymous);
  return [
    ['Rss', resident],
    ['Pss', sum((one) => one.proportional)],
    ['Pss_Dirty', sum((one) => one.dirty)],
    ['Shared_Clean', sum((one) => one.shared - one.sharedDirty)],
    ['Shared_Dirty', sum((one) => one.sharedDirty)],
    ['Private_Clean', sum((one) => one.resident - one.shared - (one.dirty - one.sharedDirty))],
    ['Private_Dirty', sum((one) => one.dirty - one.sharedDirty)],
    ['Referenced', resident],
    ['Anonymous', anonymous],
    ['KSM', 0],
    ['LazyFree', 0],
    ['AnonHugePages', 0],
    ['ShmemPmdMapped', 0],
    ['FilePmdMapped', 0],
    ['Shared_Hugetlb', 0],
    ['Private_Hugetlb', 0],
    ['Swap', 0],
    ['SwapPss', 0],
    ['Locked', sum(({ area, proportional }) => (area.locked ? proportional : 0))],
  ];
}

import { PROT_EXEC, PROT_READ, PROT_WRITE } from '../../abi/flags.ts';
import type { Area } from '../memory/area.ts';
import { PAGE } from '../memory/frames.ts';
import { areaReport, spaceReport } from '../memory/report.ts';
import type { Task } from './task.ts';

/** Column at which a line of /proc/PID/maps names its file (a 64-bit kernel's width). */
const NAME_COLUMN = 73;

/** /proc/PID/maps: one line per area (proc(5)). */
export function formatMaps(task: Task): string {
  return task.memory.areas.list.map((area) => `${line(task, area)}\n`).join('');
}

/** /proc/PID/smaps: as maps, with an account of each area's pages. */
export function formatAreas(task: Task): string {
  const { memory } = task;
  return memory.areas.list.map((area) => `${line(task, area)}\n${areaReport(memory, area)}`).join('');
}

/** /proc/PID/smaps_rollup: one account of all. */
export function formatRollup({ memory }: Task): string {
  const { list } = memory.areas;
  if (list.length === 0) return '';
  const bounds = `${hex(list[0].start * PAGE, 8)}-${hex(list[list.length - 1].end * PAGE, 8)}`;
  return `${`${bounds} ---p 00000000 00:00 0`.padEnd(NAME_COLUMN)}[rollup]\n${spaceReport(memory)}`;
}

function line(task: Task, area: Area): string {
  const { rights, backing } = area;
  const file = backing?.file ? task.system.files.describe(backing.file) : backing?.describe?.();
  const bounds = `${hex(area.start * PAGE, 8)}-${hex(area.end * PAGE, 8)}`;
  const flags = [
    rights & PROT_READ ? 'r' : '-',
    rights & PROT_WRITE ? 'w' : '-',
    rights & PROT_EXEC ? 'x' : '-',
    area.shared ? 's' : 'p',
  ].join('');
  const offset = hex(backing ? area.offset * PAGE : 0, 8);
  const device = `${hex((file?.device ?? 0) >>> 8, 2)}:${hex((file?.device ?? 0) & 0xff, 2)}`;
  const head = `${bounds} ${flags} ${offset} ${device} ${file?.inode ?? 0}`;
  const name = file ? file.path : area.shared && backing ? '/dev/zero (deleted)' : area.label;
  return name === '' ? `${head} ` : `${head.padEnd(NAME_COLUMN)}${name}`;
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

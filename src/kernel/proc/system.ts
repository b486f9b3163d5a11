import type { FilesCore } from '../files/core.ts';
import { PAGE } from '../memory/frames.ts';
import type { Platform } from '../platform.ts';

const SECOND = 1e9;

/** Seconds with two digits, as /proc/uptime counts. */
function seconds(ns: number): string {
  return (Math.floor(ns / 1e7) / 100).toFixed(2);
}

function busyTime(core: FilesCore): { user: number; system: number } {
  let user = 0;
  let system = 0;
  for (const pid of core.tasks.pids()) {
    const facts = core.tasks.describe(pid);
    user += facts?.userTime ?? 0;
    system += facts?.systemTime ?? 0;
  }
  return { user, system };
}

/** /proc/uptime. */
export function uptime(core: FilesCore): string {
  const now = core.clock.virtual;
  const { user, system } = busyTime(core);
  return `${seconds(now)} ${seconds(Math.max(0, now - user - system))}\n`;
}

/** /proc/loadavg: the averages are the tasks that could run now. */
export function loadAverage(core: FilesCore): string {
  const pids = core.tasks.pids();
  const running = pids.filter((pid) => core.tasks.describe(pid)?.state === 'R').length;
  return `0.00 0.00 0.00 ${running}/${pids.length} ${Math.max(0, ...pids)}\n`;
}

/** /proc/meminfo. */
export function memoryInfo(core: FilesCore): string {
  const { frames, cache } = core;
  const pages = (count: number) => (count * PAGE) / 1024;
  const rows: readonly (readonly [name: string, kib: number])[] = [
    ['MemTotal', pages(frames.total)],
    ['MemFree', pages(frames.free)],
    ['MemAvailable', pages(frames.free + cache.cleanPages)],
    ['Buffers', 0],
    ['Cached', pages(cache.cleanPages)],
    ['SwapCached', 0],
    ['Active', 0],
    ['Inactive', 0],
    ['Active(anon)', 0],
    ['Inactive(anon)', 0],
    ['Active(file)', 0],
    ['Inactive(file)', pages(cache.cleanPages)],
    ['Unevictable', 0],
    ['Mlocked', 0],
    ['HighTotal', 0],
    ['HighFree', 0],
    ['LowTotal', pages(frames.total)],
    ['LowFree', pages(frames.free)],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['Dirty', 0],
    ['Writeback', 0],
    ['AnonPages', pages(Math.max(0, frames.total - frames.free - cache.pages))],
    ['Mapped', 0],
    ['Shmem', 0],
    ['KReclaimable', 0],
    ['Slab', 0],
    ['SReclaimable', 0],
    ['SUnreclaim', 0],
    ['KernelStack', 0],
    ['PageTables', 0],
    ['NFS_Unstable', 0],
    ['Bounce', 0],
    ['WritebackTmp', 0],
    ['CommitLimit', pages(frames.total)],
    ['Committed_AS', 0],
    ['VmallocTotal', 0],
    ['VmallocUsed', 0],
    ['VmallocChunk', 0],
    ['Percpu', 0],
  ];
  return rows.map(([name, kib]) => `${`${name}:`.padEnd(16)}${`${kib}`.padStart(8)} kB\n`).join('');
}

/** /proc/vmstat: the counters that vmstat(8) and others look for. */
export function memoryCounters(core: FilesCore): string {
  const { frames, cache } = core;
  const rows = { nr_free_pages: frames.free, nr_file_pages: cache.cleanPages, nr_anon_pages: 0, nr_mapped: 0 };
  const events = ['pgpgin', 'pgpgout', 'pswpin', 'pswpout', 'pgalloc_normal', 'pgfree', 'pgfault', 'pgmajfault'];
  const lines = [...Object.entries(rows), ...events.map((name) => [name, 0])];
  return lines.map(([name, count]) => `${name} ${count}\n`).join('');
}

/** /proc/stat. */
export function systemStat(core: FilesCore, platform: Platform): string {
  const now = core.clock.virtual;
  const { user, system } = busyTime(core);
  const ticks = [user, 0, system, Math.max(0, now - user - system), 0, 0, 0, 0, 0, 0].map((ns) => Math.floor(ns / 1e7));
  const pids = core.tasks.pids();
  return [
    `cpu  ${ticks.join(' ')}`,
    `cpu0 ${ticks.join(' ')}`,
    'intr 0',
    'ctxt 0',
    `btime ${Math.floor(platform.bootTime / SECOND)}`,
    `processes ${Math.max(0, ...pids)}`,
    `procs_running ${pids.filter((pid) => core.tasks.describe(pid)?.state === 'R').length}`,
    'procs_blocked 0',
    'softirq 0 0 0 0 0 0 0 0 0 0 0',
    '',
  ].join('\n');
}

/** What a processor is that does not say: family 6, model 5, stepping 2. */
const PENTIUM2 = 0x652;

/** /proc/cpuinfo. */
export function cpuInfo(platform: Platform): string {
  const { model, flags, signature = PENTIUM2 } = platform.cpu;
  const rows = [
    ['processor', '0'],
    ['vendor_id', 'GenuineIntel'],
    ['cpu family', `${(signature >>> 8) & 0xf}`],
    ['model', `${(signature >>> 4) & 0xf}`],
    ['model name', model],
    ['stepping', `${signature & 0xf}`],
    ['cpu MHz', '1000.000'],
    ['cache size', '512 KB'],
    ['physical id', '0'],
    ['siblings', '1'],
    ['core id', '0'],
    ['cpu cores', '1'],
    ['apicid', '0'],
    ['initial apicid', '0'],
    ['fdiv_bug', 'no'],
    ['f00f_bug', 'no'],
    ['coma_bug', 'no'],
    ['fpu', 'yes'],
    ['fpu_exception', 'yes'],
    ['cpuid level', '2'],
    ['wp', 'yes'],
    ['flags', flags],
    ['bugs', ''],
    ['bogomips', '2000.00'],
    ['clflush size', '32'],
    ['cache_alignment', '32'],
    ['address sizes', '32 bits physical, 32 bits virtual'],
  ];
  return `${rows.map(([name, value]) => `${name}${name.length < 8 ? '\t\t' : '\t'}: ${value}`).join('\n')}\n\n`;
}

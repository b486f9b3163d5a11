import { PROC_SUPER_MAGIC } from '../../abi/flags.ts';
import { MSGMAX, MSGMNB, MSGMNI, SEMMNI, SEMMNS, SEMMSL, SEMOPM, SHMMNI } from '../../abi/ipc.ts';
import { RELEASE, VERSION } from '../calls/system.ts';
import { DEVICE } from '../files/boot.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileService } from '../files/service.ts';
import { MESSAGE_SIZE_MAX, MESSAGES_MAX, QUEUES_MAX } from '../ipc/mqueue.ts';
import type { Platform } from '../platform.ts';
import { NET_CONTROLS } from '../sockets/controls.ts';
import { type Controls, FILE_CONTROLS, KERNEL_CONTROLS, MEMORY_CONTROLS, USER_CONTROLS } from './controls.ts';
import { type DirectoryItem, fixed, Generated, type Item } from './generated.ts';
import { MACHINE_TEXTS } from './machine.ts';
import { processDirectory } from './process.ts';
import type { ProcessSource } from './source.ts';
import { cpuInfo, loadAverage, memoryCounters, memoryInfo, systemStat, uptime } from './system.ts';

/** kernel.*: limits of System V IPC; shmmax and shmall are those of a 64-bit kernel. */
const IPC_LIMITS = {
  shmmax: '18446744073692774399',
  shmall: '18446744073692774399',
  shmmni: `${SHMMNI}`,
  shm_rmid_forced: '0',
  sem: `${SEMMSL}\t${SEMMNS}\t${SEMOPM}\t${SEMMNI}`,
  msgmax: `${MSGMAX}`,
  msgmnb: `${MSGMNB}`,
  msgmni: `${MSGMNI}`,
} as const;

/** fs.mqueue. */
const QUEUE_LIMITS: Controls = {
  msg_default: `${MESSAGES_MAX}`,
  msg_max: `${MESSAGES_MAX}`,
  msgsize_default: `${MESSAGE_SIZE_MAX}`,
  msgsize_max: `${MESSAGE_SIZE_MAX}`,
  queues_max: `${QUEUES_MAX}`,
};

/** Makes the items that are not a process's; they are numbered in the order they are made. */
class Maker {
  #number = 0x7f000000;

  text(make: (pid: number) => string, mode = 0o444, take?: (text: string) => number): Item {
    return { kind: 'text', number: this.#number++, mode, text: make, ...(take ? { take } : {}) };
  }

  link(target: (pid: number) => string): Item {
    return { kind: 'link', number: this.#number++, target };
  }

  directory(items: Readonly<Record<string, Item>>): DirectoryItem {
    return fixed(this.#number++, items);
  }
}

const KERNEL_NAME = 'Linux';
/** Types of file systems in the order of sysfs(2), and whether they need a device. */
export const FILE_SYSTEMS: readonly (readonly [name: string, hasDevice?: boolean])[] = [
  ['sysfs'],
  ['tmpfs'],
  ['devtmpfs'],
  ['proc'],
  ['pipefs'],
  ['sockfs'],
  ['ramfs'],
  ['devpts'],
  ['mqueue'],
  ['ext4', true],
];

const DEVICES =
  'Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n128 ptm\n136 pts\n\nBlock devices:\n';

const fileSystems = () => FILE_SYSTEMS.map(([name, device]) => `${device ? '' : 'nodev'}\t${name}\n`).join('');

/** Controls that nobody may write. */
const READ_ONLY: ReadonlySet<string> = new Set(['cap_last_cap', 'ngroups_max', 'dentry-state', 'modules_disabled']);

/** A tree of control texts; what is written to them is kept. */
function controls(make: Maker, tree: Controls): Record<string, Item> {
  const item = (name: string, value: string | Controls): Item => {
    if (typeof value !== 'string') return make.directory(controls(make, value));
    let now = value;
    const keep = (text: string) => {
      now = text.trim();
      return 0;
    };
    return make.text(() => `${now}\n`, READ_ONLY.has(name) ? 0o444 : 0o644, keep);
  };
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, item(name, value)]));
}

function systemControls(make: Maker, service: FileService, platform: Platform): DirectoryItem {
  const { core } = service;
  const boot = uuid(core.random(16));
  const kernel = make.directory({
    ...controls(make, KERNEL_CONTROLS),
    ...controls(make, IPC_LIMITS),
    nesting: make.text(() => `${platform.depth}\n`),
    ostype: make.text(() => `${KERNEL_NAME}\n`),
    osrelease: make.text(() => `${RELEASE}\n`),
    version: make.text(() => `${VERSION}\n`),
    hostname: make.text((pid) => `${service.hostName(pid)}\n`, 0o644),
    domainname: make.text(() => '(none)\n', 0o644),
    random: make.directory({
      boot_id: make.text(() => `${boot}\n`),
      uuid: make.text(() => `${uuid(core.random(16))}\n`),
      entropy_avail: make.text(() => '256\n'),
      poolsize: make.text(() => '256\n'),
      urandom_min_reseed_secs: make.text(() => '60\n', 0o644),
      write_wakeup_threshold: make.text(() => '256\n', 0o644),
    }),
  });
  const files = () => `${core.open.size}\t0\t1048576\n`;
  const nodes = () => {
    const { nodes: all, freeNodes } = service.root.mount.fs.room();
    return [all - freeNodes, 0];
  };
  const fs = make.directory({
    ...controls(make, FILE_CONTROLS),
    'file-nr': make.text(files),
    'inode-nr': make.text(() => `${nodes().join('\t')}\n`),
    'inode-state': make.text(() => `${[...nodes(), 0, 0, 0, 0, 0].join('\t')}\n`),
    mqueue: make.directory(controls(make, QUEUE_LIMITS)),
  });
  return make.directory({
    kernel,
    fs,
    vm: make.directory(controls(make, MEMORY_CONTROLS)),
    net: make.directory(controls(make, NET_CONTROLS)),
    user: make.directory(controls(make, USER_CONTROLS)),
    debug: make.directory({ 'exception-trace': make.text(() => '0\n', 0o644) }),
  });
}

/** The files about the machine, folders made of their names. */
function machineItems(make: Maker, core: FilesCore): Record<string, Item> {
  const items: Record<string, Item> = {};
  const folders: Record<string, Record<string, Item>> = {};
  for (const [path, text, mode] of MACHINE_TEXTS) {
    const [name, inner] = path.split('/');
    const item = make.text(() => text(core), mode);
    if (inner === undefined) items[name] = item;
    else (folders[name] ??= {})[inner] = item;
  }
  for (const [name, inside] of Object.entries(folders)) items[name] = make.directory(inside);
  return items;
}

function uuid(random: Uint8Array): string {
  const bytes = random.slice();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function fixedItems(make: Maker, service: FileService, platform: Platform): DirectoryItem {
  const { core } = service;
  return make.directory({
    cpuinfo: make.text(() => cpuInfo(platform)),
    meminfo: make.text(() => memoryInfo(core)),
    vmstat: make.text(() => memoryCounters(core)),
    stat: make.text(() => systemStat(core, platform)),
    uptime: make.text(() => uptime(core)),
    loadavg: make.text(() => loadAverage(core)),
    version: make.text(() => `${KERNEL_NAME} version ${RELEASE} (nestlab) ${VERSION}\n`),
    filesystems: make.text(fileSystems),
    cmdline: make.text(() => 'nestlab\n'),
    devices: make.text(() => DEVICES),
    partitions: make.text(() => 'major minor  #blocks  name\n\n'),
    swaps: make.text(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
    interrupts: make.text(() => '           CPU0\n'),
    mounts: make.link(() => 'self/mounts'),
    self: make.link((pid) => `${pid}`),
    'thread-self': make.link((pid) => `${pid}/task/${pid}`),
    net: make.link(() => 'self/net'),
    sys: systemControls(make, service, platform),
    ...machineItems(make, core),
    bus: make.directory({}),
    driver: make.directory({}),
    fs: make.directory({}),
    sysvipc: make.directory({
      msg: make.text(() => core.tasks.ipcTable('msg')),
      sem: make.text(() => core.tasks.ipcTable('sem')),
      shm: make.text(() => core.tasks.ipcTable('shm')),
    }),
  });
}

/** /proc: processes by pid, and what the kernel says about itself (proc(5)). */
export function procFs(service: FileService, platform: Platform): Generated {
  const { core } = service;
  const facts = (pid: number) => core.tasks.describe(pid);
  const source: ProcessSource = {
    core,
    get root() {
      return service.root;
    },
    facts,
    table: (pid) => service.tableIfAny(facts(pid)?.files ?? 0),
    places: (pid) => service.placesIfAny(facts(pid)?.places ?? 0),
  };
  const rest = fixedItems(new Maker(), service, platform);
  const root: DirectoryItem = {
    kind: 'directory',
    number: 1,
    names: () => [...rest.names(), ...core.tasks.pids().map((pid) => `${pid}`)],
    item(name) {
      if (!/^[1-9]\d{0,8}$/.test(name)) return rest.item(name);
      return facts(Number(name)) ? processDirectory(source, Number(name)) : undefined;
    },
  };
  const proc = new Generated(core.clock, 'proc', PROC_SUPER_MAGIC, DEVICE.proc, root);
  proc.mayInspect = (asker, task) => core.tasks.mayInspect(asker, task);
  return proc;
}

import { PROC_SUPER_MAGIC } from '../../abi/flags.ts';
import { MSGMAX, MSGMNB, MSGMNI, SEMMNI, SEMMNS, SEMMSL, SEMOPM, SHMMNI } from '../../abi/ipc.ts';
import { RELEASE, VERSION } from '../calls/system.ts';
import { DEVICE } from '../files/boot.ts';
import type { FileService } from '../files/service.ts';
import { MESSAGE_SIZE_MAX, MESSAGES_MAX, QUEUES_MAX } from '../ipc/mqueue.ts';
import type { Platform } from '../platform.ts';
import { type Controls, NET_CONTROLS } from '../sockets/controls.ts';
import { type DirectoryItem, fixed, Generated, type Item } from './generated.ts';
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

/** Makes the items that are not a process's; they are numbered in the order they are made. */
class Maker {
  #number = 0x7f000000;

  text(make: (pid: number) => string, mode = 0o444): Item {
    return { kind: 'text', number: this.#number++, mode, text: make };
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

const fileSystems = () => FILE_SYSTEMS.map(([name, device]) => `${device ? '' : 'nodev'}\t${name}\n`).join('');

/** A tree of control texts. */
function controls(make: Maker, tree: Controls): DirectoryItem {
  const item = (value: string | Controls): Item =>
    typeof value === 'string' ? make.text(() => `${value}\n`, 0o644) : controls(make, value);
  return make.directory(Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, item(value)])));
}

function systemControls(make: Maker, service: FileService): DirectoryItem {
  const kernel = make.directory({
    ostype: make.text(() => `${KERNEL_NAME}\n`),
    osrelease: make.text(() => `${RELEASE}\n`),
    version: make.text(() => `${VERSION}\n`),
    hostname: make.text((pid) => `${service.hostName(pid)}\n`, 0o644),
    domainname: make.text(() => '(none)\n', 0o644),
    pid_max: make.text(() => '32768\n', 0o644),
    ngroups_max: make.text(() => '65536\n'),
    cap_last_cap: make.text(() => '40\n'),
    threads_max: make.text(() => '4096\n', 0o644),
    randomize_va_space: make.text(() => '0\n', 0o644),
    core_pattern: make.text(() => 'core\n', 0o644),
    ...Object.fromEntries(
      Object.entries(IPC_LIMITS).map(([name, text]) => [name, make.text(() => `${text}\n`, 0o644)]),
    ),
    random: make.directory({
      uuid: make.text(() => `${uuid(service.core.random(16))}\n`),
      entropy_avail: make.text(() => '256\n'),
    }),
  });
  const vm = make.directory({
    overcommit_memory: make.text(() => '0\n', 0o644),
    overcommit_ratio: make.text(() => '50\n', 0o644),
    max_map_count: make.text(() => '65530\n', 0o644),
    swappiness: make.text(() => '60\n', 0o644),
  });
  const fs = make.directory({
    'file-max': make.text(() => '1048576\n', 0o644),
    nr_open: make.text(() => '1048576\n', 0o644),
    'pipe-max-size': make.text(() => '1048576\n', 0o644),
    mqueue: make.directory({
      msg_default: make.text(() => `${MESSAGES_MAX}\n`, 0o644),
      msg_max: make.text(() => `${MESSAGES_MAX}\n`, 0o644),
      msgsize_default: make.text(() => `${MESSAGE_SIZE_MAX}\n`, 0o644),
      msgsize_max: make.text(() => `${MESSAGE_SIZE_MAX}\n`, 0o644),
      queues_max: make.text(() => `${QUEUES_MAX}\n`, 0o644),
    }),
  });
  return make.directory({ kernel, vm, fs, net: controls(make, NET_CONTROLS) });
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
    devices: make.text(() => 'Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n'),
    partitions: make.text(() => 'major minor  #blocks  name\n\n'),
    swaps: make.text(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
    interrupts: make.text(() => '           CPU0\n'),
    mounts: make.link(() => 'self/mounts'),
    self: make.link((pid) => `${pid}`),
    'thread-self': make.link((pid) => `${pid}/task/${pid}`),
    net: make.link(() => 'self/net'),
    sys: systemControls(make, service),
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
  return new Generated(core.clock, 'proc', PROC_SUPER_MAGIC, DEVICE.proc, root);
}

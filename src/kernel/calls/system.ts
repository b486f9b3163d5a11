import { CAP_SYSLOG } from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, ENOSYS, EPERM } from '../../abi/errno.ts';
import { GRND_INSECURE, GRND_NONBLOCK, GRND_RANDOM } from '../../abi/flags.ts';
import { SYSINFO } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { SECOND } from '../time/spec.ts';
import { row } from './caller.ts';

/** What uname(2) says of this kernel; libraries refuse to run on too old a release. */
export const SYSTEM_NAME = 'Linux';
export const RELEASE = '6.1.0-nestlab';
/** The release to programs that fear a 3 in front (PER_UNAME26): 2.6, then 60 and the minor number. */
const OLD_RELEASE = '2.6.61-nestlab';
const UNAME26 = 0x0020000;
export const VERSION = '#1 SMP nestlab';
export const MACHINE = 'i686';

const NAME_MAX = 64;
/** Random bytes that one step of getrandom makes. */
const RANDOM_STEP = 65536;

/** Writes the uname strings in fields of `width` bytes; the oldest forms have fewer fields and shorter ones. */
function uname(width: number, fields: number): (task: Task) => number {
  return (task) => {
    const { hostName, domainName } = task.system;
    const release = task.process.personality & UNAME26 ? OLD_RELEASE : RELEASE;
    const names = [SYSTEM_NAME, hostName, release, VERSION, MACHINE, domainName].slice(0, fields);
    const bytes = new Uint8Array(width * fields);
    for (const [n, name] of names.entries()) {
      for (let i = 0; i < Math.min(name.length, width - 1); i++) bytes[n * width + i] = name.charCodeAt(i);
    }
    return task.user.write(task.args[0], bytes);
  };
}

function setName(which: 'hostName' | 'domainName'): (task: Task) => number {
  return (task) => {
    const [address, length] = task.args;
    if (!task.identity.privileged) return -EPERM;
    if (length < 0 || length > NAME_MAX) return -EINVAL;
    const bytes = task.user.bytes(address, length);
    if (typeof bytes === 'number') return bytes;
    task.system[which] = String.fromCharCode(...bytes);
    return 0;
  };
}

function sysinfo(task: Task): number {
  const { platform, pool, processes } = task.system;
  const bytes = new Uint8Array(SYSINFO.size);
  const view = new DataView(bytes.buffer);
  const at = SYSINFO.at as Readonly<Record<string, number>>;
  view.setUint32(at.uptime, Math.floor(platform.now() / SECOND), true);
  view.setUint32(at.totalram, pool.frames.total * PAGE, true);
  view.setUint32(at.freeram, pool.frames.free * PAGE, true);
  view.setUint16(at.procs, processes.size - 1, true);
  view.setUint32(at.mem_unit, 1, true);
  return task.user.write(task.args[0], bytes);
}

function* getrandom(task: Task): Kernel<number> {
  const [address, length, flags] = task.args;
  const { system, user } = task;
  if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) return -EINVAL;
  if ((flags & (GRND_RANDOM | GRND_INSECURE)) === (GRND_RANDOM | GRND_INSECURE)) return -EINVAL;
  const wanted = Math.min(length >>> 0, 0x7fffffff);
  let done = 0;
  while (done < wanted) {
    const step = Math.min(RANDOM_STEP, wanted - done);
    const good = yield* user.bring(address + done, step, true);
    if (good > 0) user.write(address + done, system.platform.random(good));
    done += good;
    if (good < step || task.signalled()) break;
  }
  return done === 0 && wanted > 0 ? -EFAULT : done;
}

/** Bytes of the kernel's log, as Linux's default configuration has it. */
const LOG_SIZE = 1 << 18;
/** syslog(2): the actions READ, READ_ALL, READ_CLEAR; SIZE_BUFFER; CONSOLE_LEVEL; how many there are. */
const LOG_READS = [2, 3, 4];
const LOG_READ_ALL = 3;
const LOG_SIZE_BUFFER = 10;
const LOG_CONSOLE_LEVEL = 8;
const LOG_ACTIONS = 11;

/** syslog(2) of a kernel that has logged nothing. */
function syslog(task: Task): number {
  const [action, address, length] = task.args;
  const open = action === LOG_READ_ALL || action === LOG_SIZE_BUFFER;
  if (!open && !capable(task.identity, CAP_SYSLOG)) return -EPERM;
  if (action >>> 0 >= LOG_ACTIONS) return -EINVAL;
  if (LOG_READS.includes(action) && (address === 0 || length < 0)) return -EINVAL;
  if (action === LOG_CONSOLE_LEVEL && (length < 1 || length > 8)) return -EINVAL;
  return action === LOG_SIZE_BUFFER ? LOG_SIZE : 0;
}

/** Calls about the system as a whole. */
export const systemCalls: readonly Row[] = [
  row(59, 'oldolduname', uname(9, 5)),
  row(74, 'sethostname', setName('hostName')),
  row(88, 'reboot', () => -EPERM),
  row(103, 'syslog', syslog, 'the log is empty, and a read does not wait for more'),
  row(109, 'olduname', uname(65, 5)),
  row(116, 'sysinfo', sysinfo),
  row(121, 'setdomainname', setName('domainName')),
  row(122, 'uname', uname(65, 6)),
  row(355, 'getrandom', getrandom, 'a seeded generator: the same bytes in every run'),
  row(384, 'arch_prctl', () => -EINVAL, 'EINVAL: its requests are those of 64-bit programs'),
  row(386, 'rseq', () => -ENOSYS, 'no restartable sequences (CONFIG_RSEQ): the C library does without'),
];

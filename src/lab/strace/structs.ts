import * as f from '../../abi/flags.ts';
import { CHOICES, FLAG_SETS } from '../../abi/flagsets.ts';
import { MQ_ATTR, SIGEVENT } from '../../abi/ipc.ts';
import { SA_RESTORER, signalName } from '../../abi/signals.ts';
import * as s from '../../abi/structs.ts';
import { siginfoText, sigset } from './signals.ts';
import { termiosText } from './termios.ts';
import { choiceText, flagsText, hex, octal, pointer, quote, timeText } from './text.ts';

/** How a structure is printed from its bytes. */
type Printer = (v: DataView) => string;

/** A structure that can be printed: how many bytes it takes, and how. */
export interface Printable {
  readonly size: number;
  readonly print: Printer;
}

const u32 = (v: DataView, at: number): number => v.getUint32(at, true);
const i32 = (v: DataView, at: number): number => v.getInt32(at, true);
const u16 = (v: DataView, at: number): number => v.getUint16(at, true);
const u64 = (v: DataView, at: number): bigint => v.getBigUint64(at, true);

/** st_mode: type and permission bits, 'S_IFREG|0644'. */
export function fileMode(mode: number): string {
  const types: Readonly<Record<number, string>> = {
    [f.S_IFREG]: 'S_IFREG|',
    [f.S_IFDIR]: 'S_IFDIR|',
    [f.S_IFCHR]: 'S_IFCHR|',
    [f.S_IFBLK]: 'S_IFBLK|',
    [f.S_IFIFO]: 'S_IFIFO|',
    [f.S_IFLNK]: 'S_IFLNK|',
    [f.S_IFSOCK]: 'S_IFSOCK|',
  };
  const type = types[mode & f.S_IFMT];
  if (type === undefined) return octal(mode);
  const special = [
    mode & f.S_ISUID ? 'S_ISUID|' : '',
    mode & f.S_ISGID ? 'S_ISGID|' : '',
    mode & f.S_ISVTX ? 'S_ISVTX|' : '',
  ].join('');
  return `${type}${special}${octal(mode & 0o777)}`;
}

/** A device number as makedev(3) takes it. */
export function device(major: number, minor: number): string {
  return `makedev(${hex(major)}, ${hex(minor)})`;
}

/** Splits a 32-bit device number (include/linux/kdev_t.h, new_decode_dev). */
export function deviceOf(dev: number): string {
  return device((dev & 0xfff00) >>> 8, (dev & 0xff) | ((dev >>> 12) & 0xfff00));
}

function statText(mode: number, rdev: number, size: number | bigint): string {
  const isDevice = (mode & f.S_IFMT) === f.S_IFCHR || (mode & f.S_IFMT) === f.S_IFBLK;
  return `{st_mode=${fileMode(mode)}, ${isDevice ? `st_rdev=${deviceOf(rdev)}` : `st_size=${size}`}, ...}`;
}

const timespec: Printer = (v) => `{tv_sec=${i32(v, 0)}, tv_nsec=${u32(v, 4)}}`;
const timeval: Printer = (v) => `{tv_sec=${i32(v, 0)}, tv_usec=${u32(v, 4)}}`;
const timespec64: Printer = (v) => `{tv_sec=${v.getBigInt64(0, true)}, tv_nsec=${u64(v, 8)}}`;

const part = (v: DataView, at: number, size: number): DataView => new DataView(v.buffer, v.byteOffset + at, size);

/** Two of a kind as an interval timer prints them. */
function interval(print: Printer, size: number): Printer {
  return (v) => `{it_interval=${print(part(v, 0, size))}, it_value=${print(part(v, size, size))}}`;
}

/** A timespec of utimensat(2): UTIME_NOW, UTIME_OMIT, or a time with its date. */
function stamp(print: Printer, seconds: number | bigint, nanoseconds: number, v: DataView): string {
  if (nanoseconds === f.UTIME_NOW) return 'UTIME_NOW';
  if (nanoseconds === f.UTIME_OMIT) return 'UTIME_OMIT';
  return `${print(v)} /* ${timeText(seconds, nanoseconds, 9)} */`;
}

function limit(value: number | bigint, infinite: boolean, name: string): string {
  if (infinite) return name;
  const big = BigInt(value);
  return big > 1024n && big % 1024n === 0n ? `${big / 1024n}*1024` : `${big}`;
}

/** A NUL-terminated field of fixed size between quotes. */
function field(v: DataView, at: number, size: number): string {
  const bytes = new Uint8Array(v.buffer, v.byteOffset + at, size);
  const end = bytes.indexOf(0);
  return quote(bytes.subarray(0, end < 0 ? size : end));
}

const FS_MAGIC: Readonly<Record<number, string>> = {
  [f.TMPFS_MAGIC]: 'TMPFS_MAGIC',
  [f.PROC_SUPER_MAGIC]: 'PROC_SUPER_MAGIC',
  [f.DEVPTS_SUPER_MAGIC]: 'DEVPTS_SUPER_MAGIC',
  [f.PIPEFS_MAGIC]: 'PIPEFS_MAGIC',
  [f.SOCKFS_MAGIC]: 'SOCKFS_MAGIC',
  [f.EXT4_SUPER_MAGIC]: 'EXT2_SUPER_MAGIC',
  [f.SYSFS_MAGIC]: 'SYSFS_MAGIC',
  [f.RAMFS_MAGIC]: 'RAMFS_MAGIC',
};

const FS_FLAGS = {
  unknown: 'ST_???',
  bits: {
    ST_VALID: 0x20,
    ST_RDONLY: 1,
    ST_NOSUID: 2,
    ST_NODEV: 4,
    ST_NOEXEC: 8,
    ST_SYNCHRONOUS: 0x10,
    ST_MANDLOCK: 0x40,
    ST_NOATIME: 0x400,
    ST_NODIRATIME: 0x800,
    ST_RELATIME: 0x1000,
  },
};

function statfsText(v: DataView, layout: typeof s.STATFS | typeof s.STATFS64): string {
  const { at, sizes } = layout;
  const type = u32(v, at.f_type);
  const count = (name: keyof typeof s.STATFS.at): string =>
    `${name}=${sizes[name] === 8 ? u64(v, at[name]) : u32(v, at[name])}`;
  const counts = (['f_bsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree'] as const).map(count).join(', ');
  const id = `f_fsid={val=[${hex(u32(v, at.f_fsid))}, ${hex(u32(v, at.f_fsid + 4))}]}`;
  const flags = flagsText(FS_FLAGS, u32(v, at.f_flags));
  return `{f_type=${FS_MAGIC[type] ?? hex(type)}, ${counts}, ${id}, ${count('f_namelen')}, ${count('f_frsize')}, f_flags=${flags}}`;
}

function sigactionText(handler: number, mask: string, flags: number, restorer: number): string {
  const name = handler === 0 ? 'SIG_DFL' : handler === 1 ? 'SIG_IGN' : hex(handler);
  const tail = flags & SA_RESTORER ? `, sa_restorer=${pointer(restorer)}` : '';
  return `{sa_handler=${name}, sa_mask=${mask}, sa_flags=${flagsText(FLAG_SETS.sigaction, flags)}${tail}}`;
}

function userDesc(v: DataView): string {
  const { at } = s.USER_DESC;
  const flags = u32(v, at.flags);
  const bits = `seg_32bit=${flags & 1}, contents=${(flags >>> 1) & 3}, read_exec_only=${(flags >>> 3) & 1}, limit_in_pages=${(flags >>> 4) & 1}, seg_not_present=${(flags >>> 5) & 1}, useable=${(flags >>> 6) & 1}`;
  const eight = (n: number): string => (n === 0 ? '00000000' : `0x${n.toString(16).padStart(6, '0')}`);
  return `{entry_number=${i32(v, at.entry_number)}, base_addr=${eight(u32(v, at.base_addr))}, limit=${eight(u32(v, at.limit))}, ${bits}}`;
}

function rusage(v: DataView): string {
  return `{ru_utime=${timeval(part(v, 0, 8))}, ru_stime=${timeval(part(v, 8, 8))}, ...}`;
}

function flock(v: DataView, layout: typeof s.FLOCK | typeof s.FLOCK64, withPid: boolean): string {
  const { at, sizes } = layout;
  const value = (name: 'l_start' | 'l_len'): string =>
    sizes[name] === 8 ? `${v.getBigInt64(at[name], true)}` : `${i32(v, at[name])}`;
  const head = `{l_type=${choiceText(CHOICES.locktype, u16(v, at.l_type))}, l_whence=${choiceText(CHOICES.whence, u16(v, at.l_whence))}, l_start=${value('l_start')}, l_len=${value('l_len')}`;
  return withPid ? `${head}, l_pid=${i32(v, at.l_pid)}}` : `${head}}`;
}

/** sigev_notify by number (sigevent(3type)). */
const NOTICES = ['SIGEV_SIGNAL', 'SIGEV_NONE', 'SIGEV_THREAD', '', 'SIGEV_THREAD_ID'];

function sigeventText(v: DataView): string {
  const notify = i32(v, 8);
  const signal = notify === 0 || notify === 4 ? signalName(i32(v, 4)) : `${i32(v, 4)}`;
  const thread = notify === 4 ? `, sigev_notify_thread_id=${i32(v, 12)}` : '';
  return `{sigev_value={sival_int=${i32(v, 0)}, sival_ptr=${pointer(u32(v, 0))}}, sigev_signo=${signal}, sigev_notify=${NOTICES[notify] || hex(notify)}${thread}}`;
}

/** Structures by the name that argument kinds give them (`in:timespec32`). */
export const STRUCTS: Readonly<Record<string, Printable>> = {
  int: { size: 4, print: (v) => `[${i32(v, 0)}]` },
  uint: { size: 4, print: (v) => `[${u32(v, 0)}]` },
  address: { size: 4, print: (v) => `[${pointer(u32(v, 0))}]` },
  uid: { size: 4, print: (v) => `[${u32(v, 0)}]` },
  uid16: { size: 2, print: (v) => `[${u16(v, 0)}]` },
  linger: { size: 8, print: (v) => `{l_onoff=${i32(v, 0)}, l_linger=${i32(v, 4)}}` },
  off32: { size: 4, print: (v) => `[${i32(v, 0)}]` },
  off64: { size: 8, print: (v) => `[${v.getBigInt64(0, true)}]` },
  pipe: { size: 8, print: (v) => `[${i32(v, 0)}, ${i32(v, 4)}]` },
  time: { size: 4, print: (v) => `[${i32(v, 0)} /* ${timeText(i32(v, 0))} */]` },
  oldsigset: { size: 4, print: (v) => sigset(u32(v, 0), 0, 32) },
  sigset: { size: 8, print: (v) => sigset(u32(v, 0), u32(v, 4), 64) },
  timespec32: { size: 8, print: timespec },
  timeval32: { size: 8, print: timeval },
  __kernel_timespec: { size: 16, print: timespec64 },
  timezone: { size: 8, print: (v) => `{tz_minuteswest=${i32(v, 0)}, tz_dsttime=${i32(v, 4)}}` },
  itimerval: { size: 16, print: interval(timeval, 8) },
  itimerspec32: { size: 16, print: interval(timespec, 8) },
  __kernel_itimerspec: { size: 32, print: interval(timespec64, 16) },
  timevals: {
    size: 16,
    print: (v) =>
      `[${[0, 8].map((at) => `${timeval(part(v, at, 8))} /* ${timeText(i32(v, at), i32(v, at + 4), 6)} */`).join(', ')}]`,
  },
  timespecs32: {
    size: 16,
    print: (v) => `[${[0, 8].map((at) => stamp(timespec, i32(v, at), i32(v, at + 4), part(v, at, 8))).join(', ')}]`,
  },
  timespecs64: {
    size: 32,
    print: (v) =>
      `[${[0, 16].map((at) => stamp(timespec64, v.getBigInt64(at, true), i32(v, at + 8), part(v, at, 16))).join(', ')}]`,
  },
  utimbuf: {
    size: 8,
    print: (v) =>
      `{actime=${i32(v, 0)} /* ${timeText(i32(v, 0))} */, modtime=${i32(v, 4)} /* ${timeText(i32(v, 4))} */}`,
  },
  tms: {
    size: 16,
    print: (v) => `{tms_utime=${u32(v, 0)}, tms_stime=${u32(v, 4)}, tms_cutime=${u32(v, 8)}, tms_cstime=${u32(v, 12)}}`,
  },
  rusage: { size: s.RUSAGE.size, print: rusage },
  rlimit: {
    size: 8,
    print: (v) => {
      const one = (n: number): string => limit(n, n === f.RLIM_INFINITY, 'RLIM_INFINITY');
      return `{rlim_cur=${one(u32(v, 0))}, rlim_max=${one(u32(v, 4))}}`;
    },
  },
  rlimit64: {
    size: 16,
    print: (v) => {
      const one = (n: bigint): string => limit(n, n === 0xffff_ffff_ffff_ffffn, 'RLIM64_INFINITY');
      return `{rlim_cur=${one(u64(v, 0))}, rlim_max=${one(u64(v, 8))}}`;
    },
  },
  __old_kernel_stat: {
    size: s.OLD_STAT.size,
    print: (v) => statText(u16(v, s.OLD_STAT.at.st_mode), u16(v, s.OLD_STAT.at.st_rdev), u32(v, s.OLD_STAT.at.st_size)),
  },
  stat: {
    size: s.STAT.size,
    print: (v) => statText(u16(v, s.STAT.at.st_mode), u32(v, s.STAT.at.st_rdev), u32(v, s.STAT.at.st_size)),
  },
  stat64: {
    size: s.STAT64.size,
    print: (v) => statText(u32(v, s.STAT64.at.st_mode), u32(v, s.STAT64.at.st_rdev), u64(v, s.STAT64.at.st_size)),
  },
  statx: {
    size: s.STATX.size,
    print: (v) => {
      const { at } = s.STATX;
      const mode = u16(v, at.stx_mode);
      return `{stx_mask=${flagsText(FLAG_SETS.statx, u32(v, at.stx_mask))}, stx_attributes=${hex(u32(v, at.stx_attributes))}, stx_mode=${fileMode(mode)}, stx_size=${u64(v, at.stx_size)}, ...}`;
    },
  },
  statfs: { size: s.STATFS.size, print: (v) => statfsText(v, s.STATFS) },
  statfs64: { size: s.STATFS64.size, print: (v) => statfsText(v, s.STATFS64) },
  new_utsname: {
    size: s.UTSNAME.size,
    print: (v) => `{sysname=${field(v, 0, 65)}, nodename=${field(v, 65, 65)}, ...}`,
  },
  sysinfo: {
    size: s.SYSINFO.size,
    print: (v) => {
      const { at } = s.SYSINFO;
      const loads = [0, 4, 8].map((i) => u32(v, at.loads + i)).join(', ');
      const rest = (['totalram', 'freeram', 'sharedram', 'bufferram', 'totalswap', 'freeswap'] as const).map(
        (name) => `${name}=${u32(v, at[name])}`,
      );
      return `{uptime=${u32(v, at.uptime)}, loads=[${loads}], ${rest.join(', ')}, procs=${u16(v, at.procs)}, totalhigh=${u32(v, at.totalhigh)}, freehigh=${u32(v, at.freehigh)}, mem_unit=${u32(v, at.mem_unit)}}`;
    },
  },
  sigaction: {
    size: s.SIGACTION.size,
    print: (v) => sigactionText(u32(v, 0), sigset(u32(v, 12), u32(v, 16), 64), u32(v, 4), u32(v, 8)),
  },
  old_sigaction: {
    size: s.OLD_SIGACTION.size,
    print: (v) => sigactionText(u32(v, 0), sigset(u32(v, 4), 0, 32), u32(v, 8), u32(v, 12)),
  },
  siginfo: { size: s.SIGINFO.size, print: siginfoText },
  stack_t: {
    size: s.STACK_T.size,
    print: (v) =>
      `{ss_sp=${pointer(u32(v, 0))}, ss_flags=${flagsText(FLAG_SETS.sigaltstack, u32(v, 4))}, ss_size=${u32(v, 8)}}`,
  },
  user_desc: { size: s.USER_DESC.size, print: userDesc },
  sched_param: { size: 4, print: (v) => `[${i32(v, 0)}]` },
  epoll_event: {
    size: s.EPOLL_EVENT.size,
    print: (v) => `{events=${flagsText(FLAG_SETS.epollevents, u32(v, 0))}, data={u32=${u32(v, 4)}, u64=${u64(v, 4)}}}`,
  },
  mq_attr: {
    size: MQ_ATTR.size,
    print: (v) =>
      `{mq_flags=${flagsText(FLAG_SETS.open, u32(v, 0)).replace(/^O_RDONLY\|?/, '') || '0'}, mq_maxmsg=${i32(v, 4)}, mq_msgsize=${i32(v, 8)}, mq_curmsgs=${i32(v, 12)}}`,
  },
  sigevent: { size: SIGEVENT.size, print: sigeventText },
  sock_fprog: { size: 8, print: (v) => `{len=${u16(v, 0)}, filter=${pointer(u32(v, 4))}}` },
  open_how: {
    size: s.OPEN_HOW.size,
    print: (v) => `{flags=${flagsText(FLAG_SETS.open, u32(v, 0))}, resolve=${hex(u32(v, 16))}}`,
  },
  flock: { size: s.FLOCK.size, print: (v) => flock(v, s.FLOCK, false) },
  flock64: { size: s.FLOCK64.size, print: (v) => flock(v, s.FLOCK64, false) },
  flock_pid: { size: s.FLOCK.size, print: (v) => flock(v, s.FLOCK, true) },
  flock64_pid: { size: s.FLOCK64.size, print: (v) => flock(v, s.FLOCK64, true) },
  termios: { size: s.TERMIOS.size, print: termiosText },
  winsize: {
    size: s.WINSIZE.size,
    print: (v) => `{ws_row=${u16(v, 0)}, ws_col=${u16(v, 2)}, ws_xpixel=${u16(v, 4)}, ws_ypixel=${u16(v, 6)}}`,
  },
};

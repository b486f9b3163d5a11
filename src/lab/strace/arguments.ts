import { EINTR, ERESTART_RESTARTBLOCK, ERESTARTNOHAND, ERESTARTSYS, isError } from '../../abi/errno.ts';
import * as f from '../../abi/flags.ts';
import { CHOICES, type Choice, CLONE_BITS, FLAG_SETS, type FlagSet } from '../../abi/flagsets.ts';
import type { Kind } from '../../abi/kinds.ts';
import { signalName } from '../../abi/signals.ts';
import { CLONE_ARGS } from '../../abi/structs.ts';
import type { UserReader } from '../../kernel/platform.ts';
import * as buffers from './buffers.ts';
import { view, word } from './memory.ts';
import { sigset, waitStatus } from './signals.ts';
import { optionText } from './sockets.ts';
import { deviceOf, fileMode, STRUCTS } from './structs.ts';
import { choiceText, flagsText, hex, long, octal, pointer } from './text.ts';

/** What an argument's text may depend on. `result` is null while the call has not returned. */
export interface Moment {
  readonly args: ArrayLike<number>;
  readonly user: UserReader;
  readonly result: number | null;
  /** Words behind pointers as they were before the call, by slot. */
  readonly before?: ReadonlyMap<number, number>;
}

/** Whether a kind can be shown only when the call has returned. */
export function isOut(kind: Kind): boolean {
  return /^(filled|filledhex|outpath|outstring|cpuset|out:.*|rem:.*|inout:.*|iovfilled:.*|sockaddrout:.*|sockvalout:.*)$/.test(
    kind,
  );
}

type Plain = (value: number, moment: Moment, slot: number) => string;

const uid = (value: number): string => (value === -1 ? '-1' : `${value >>> 0}`);

function cloneFlags(value: number): string {
  const exit = value & f.CSIGNAL;
  const flags = (value & ~f.CSIGNAL) >>> 0;
  const signal = exit === 0 ? '' : signalName(exit);
  if (flags === 0) return signal === '' ? '0' : signal;
  const text = flagsText({ unknown: 'CLONE_???', bits: CLONE_BITS }, flags);
  return signal === '' ? text : `${text}|${signal}`;
}

function cloneArgs(value: number, { user }: Moment): string {
  const v = view(user, value, 64);
  if (!v) return pointer(value);
  const at = (name: keyof typeof CLONE_ARGS.at): number => v.getUint32(CLONE_ARGS.at[name], true);
  const flags = at('flags');
  const parts = [`flags=${flagsText({ unknown: 'CLONE_???', bits: CLONE_BITS }, flags)}`];
  if (flags & (f.CLONE_CHILD_SETTID | f.CLONE_CHILD_CLEARTID)) parts.push(`child_tid=${hex(at('child_tid'))}`);
  if (flags & f.CLONE_PARENT_SETTID) parts.push(`parent_tid=${hex(at('parent_tid'))}`);
  const signal = at('exit_signal');
  parts.push(`exit_signal=${signal === 0 ? '0' : signalName(signal)}`);
  parts.push(`stack=${pointer(at('stack'))}`, `stack_size=${hex(at('stack_size'))}`);
  if (flags & f.CLONE_SETTLS) parts.push(`tls=${hex(at('tls'))}`);
  return `{${parts.join(', ')}}`;
}

function futexOperation(value: number): string {
  const operation = value & ~(f.FUTEX_PRIVATE_FLAG | f.FUTEX_CLOCK_REALTIME);
  const name = Object.entries(CHOICES.futex.names).find(([, number]) => number === operation)?.[0];
  if (!name) return choiceText(CHOICES.futex, value);
  const clock = value & f.FUTEX_CLOCK_REALTIME ? '|FUTEX_CLOCK_REALTIME' : '';
  return `${name}${value & f.FUTEX_PRIVATE_FLAG ? '_PRIVATE' : ''}${clock}`;
}

const WAKE_OPS = ['FUTEX_OP_SET', 'FUTEX_OP_ADD', 'FUTEX_OP_OR', 'FUTEX_OP_ANDN', 'FUTEX_OP_XOR'];
const WAKE_COMPARISONS = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE'].map((name) => `FUTEX_OP_CMP_${name}`);

function futexWakeOperation(value: number): string {
  const shift = value < 0 ? 'FUTEX_OP_OPARG_SHIFT<<28|' : '';
  const operation = WAKE_OPS[(value >>> 28) & 7] ?? hex((value >>> 28) & 7);
  const comparison = WAKE_COMPARISONS[(value >>> 24) & 15] ?? hex((value >>> 24) & 15);
  return `${shift}${operation}<<28|${hex((value >>> 12) & 0xfff)}<<12|${comparison}<<24|${hex(value & 0xfff)}`;
}

const bytesOf = (name: string, value: number): string =>
  `_IOC(${name}, ${hex((value >>> 8) & 0xff)}, ${hex(value & 0xff)}, ${hex((value >>> 16) & 0x3fff)})`;
const DIRECTIONS = ['_IOC_NONE', '_IOC_WRITE', '_IOC_READ', '_IOC_READ|_IOC_WRITE'];

function ioctlRequest(value: number): string {
  for (const [name, number] of Object.entries(CHOICES.ioctl.names)) if (number === value >>> 0) return name;
  return bytesOf(DIRECTIONS[value >>> 30], value);
}

function ipcFlags(value: number): string {
  const flags = (value & ~0o777) >>> 0;
  return flags === 0 ? octal(value & 0o777) : `${flagsText(FLAG_SETS.ipc, flags)}|${octal(value & 0o777)}`;
}

/** Kinds whose text needs no parameter. */
const PLAIN: Readonly<Partial<Record<Kind, Plain>>> = {
  int: (value) => `${value | 0}`,
  uint: (value) => `${value >>> 0}`,
  hex,
  ptr: pointer,
  stack: pointer,
  tls: pointer,
  fd: (value) => `${value | 0}`,
  dirfd: (value) => (value === f.AT_FDCWD ? 'AT_FDCWD' : `${value}`),
  pid: (value) => `${value | 0}`,
  signal: (value) => signalName(value),
  handler: (value) => (value === 0 ? 'SIG_DFL' : value === 1 ? 'SIG_IGN' : hex(value)),
  uid,
  uid16: (value) => ((value & 0xffff) === 0xffff ? '-1' : `${value & 0xffff}`),
  mode: (value) => octal(value & 0xffff),
  mknod: (value) => fileMode(value & 0xffff),
  dev16: (value) => deviceOf(value),
  off: (value) => `${value | 0}`,
  off64: (value, { args }, slot) => `${long(value, args[slot + 1])}`,
  uoff64: (value, { args }, slot) => `${long(value, args[slot + 1], true)}`,
  off64hl: (value, { args }, slot) => `${long(args[slot + 1], value)}`,
  pgoff: (value) => (value === 0 ? '0' : `0x${((value >>> 0) * 4096).toString(16)}`),
  oldsigset: (value) => sigset(value, 0, 32),
  ipckey: (value) => (value === 0 ? 'IPC_PRIVATE' : hex(value)),
  ipcflags: ipcFlags,
  protocol: (value, { args }) =>
    args[0] === f.AF_INET || args[0] === f.AF_INET6
      ? ({ 0: 'IPPROTO_IP', 6: 'IPPROTO_TCP', 17: 'IPPROTO_UDP' }[value] ?? `${value >>> 0}`)
      : `${value >>> 0}`,
  sockopt: (value, { args }) => optionText(args[1], value),
  cloneflags: cloneFlags,
  cloneargs: cloneArgs,
  futexop: futexOperation,
  futexwakeop: futexWakeOperation,
  futexbits: (value) => (value === -1 ? 'FUTEX_BITSET_MATCH_ANY' : hex(value)),
  seccomparg: (value, { args, user }) => {
    if (args[0] === f.SECCOMP_SET_MODE_FILTER) return structText('sock_fprog', user, value);
    const action = args[0] === f.SECCOMP_GET_ACTION_AVAIL ? word(user, value) : null;
    return action === null ? pointer(value) : `[${choiceText(CHOICES.seccompaction, action >>> 0)}]`;
  },
  mmapargs: pointer,
  selargs: pointer,
  socketargs: pointer,
  'choice:ioctl': ioctlRequest,
  'flags:personality': (value) => (value === -1 ? '0xffffffff' : flagsText(FLAG_SETS.personality, value)),
  'choice:socketcall': (value) => {
    const name = choiceText(CHOICES.socketcall, value);
    return name.startsWith('SYS_') ? name : `${value}`;
  },
  path: (value, { user }) => buffers.pathText(user, value),
  string: (value, { user }) => buffers.stringText(user, value),
  argv: (value, { user }) => buffers.argvText(user, value),
  envp: (value, { user }) => buffers.envpText(user, value),
  'in:msghdr': (value, { user }) => buffers.msghdrText(user, value, Number.MAX_SAFE_INTEGER),
  'in:gids': (value, { user, args }) => buffers.groupsText(user, value, args[0], 4),
  'in:gids16': (value, { user, args }) => buffers.groupsText(user, value, args[0], 2),
};

/** Kinds that the call fills in; asked only after it succeeded with this result. */
const FILLED: Readonly<Record<string, (value: number, moment: Moment & { readonly result: number }) => string>> = {
  filled: (value, { user, result }) => buffers.bytesText(user, value, result),
  filledhex: (value, { user, result }) => buffers.randomText(user, value, result),
  outpath: (value, { user }) => buffers.pathText(user, value),
  outstring: (value, { user }) => buffers.stringText(user, value),
  cpuset: (value, { user, result }) => buffers.fdsetText(user, value, result * 8),
  'out:wstatus': (value, { user, result }) => {
    const status = result > 0 ? word(user, value) : null;
    return status === null ? pointer(value) : waitStatus(status);
  },
  'out:dirents': (value, { user, result }) => buffers.direntsText(user, value, result, false),
  'out:dirents64': (value, { user, result }) => buffers.direntsText(user, value, result, true),
  'out:gids': (value, { user, args, result }) =>
    args[0] === 0 ? pointer(value) : buffers.groupsText(user, value, result, 4),
  'out:gids16': (value, { user, args, result }) =>
    args[0] === 0 ? pointer(value) : buffers.groupsText(user, value, result, 2),
  'out:msghdr': (value, { user, result }) => buffers.msghdrText(user, value, result),
  'out:epoll_events': (value, { user, result }) =>
    `[${Array.from({ length: Math.min(result, 32) }, (_, i) => structText('epoll_event', user, value + 12 * i)).join(', ')}]`,
};

/** A structure at an address by its kind's name; the address where it cannot be read or printed. */
function structText(name: string, user: UserReader, address: number): string {
  if (address === 0) return 'NULL';
  const printable = STRUCTS[name];
  const v = printable && view(user, address, printable.size);
  return v ? printable.print(v) : pointer(address);
}

const INTERRUPTED = new Set([EINTR, ERESTART_RESTARTBLOCK, ERESTARTNOHAND, ERESTARTSYS].map((n) => -n));

/** One argument as text; `slot` is the index of its first word. */
export function argumentText(kind: Kind, slot: number, moment: Moment): string {
  const value = moment.args[slot] | 0;
  const plain = PLAIN[kind];
  if (plain) return plain(value, moment, slot);
  const { user, args, result } = moment;
  const colon = kind.indexOf(':');
  const [head, name] = [kind.slice(0, colon < 0 ? undefined : colon), kind.slice(colon + 1)];
  const count = args[Number(name)] ?? 0;
  if (kind === 'inout:int') return changedText(value, slot, moment);
  if (isOut(kind)) return outText(kind, head, name, value, moment);
  switch (head) {
    case 'flags':
      return flagsText((FLAG_SETS as Readonly<Record<string, FlagSet>>)[name], value);
    case 'choice':
      return choiceText((CHOICES as Readonly<Record<string, Choice>>)[name], value);
    case 'bytes':
      return buffers.bytesText(user, value, count >>> 0);
    case 'iov':
      return buffers.iovecText(user, value, count, Number.MAX_SAFE_INTEGER);
    case 'iovaddr':
      return buffers.iovecText(user, value, count, -1);
    case 'pollfds':
      return buffers.pollfdsText(user, value, count);
    case 'fdset':
      return buffers.fdsetText(user, value, count);
    case 'sockaddr':
      return buffers.sockaddrText(user, value, count);
    case 'sockval':
      if (moment.args[1] === f.SOL_SOCKET && moment.args[2] === f.SO_LINGER && count >= 8)
        return structText('linger', user, value);
      return count >>> 0 === 4 ? structText('int', user, value) : buffers.bytesText(user, value, count >>> 0);
    case 'in':
      return structText(name, user, value);
    default:
      return result === null ? pointer(value) : hex(value);
  }
}

/** A word that the call reads and may change: '[110 => 2]'. */
function changedText(value: number, slot: number, { user, result, before }: Moment): string {
  const now = value === 0 || result === null ? null : word(user, value);
  if (now === null) return pointer(value);
  const was = before?.get(slot) ?? now;
  return was === now ? `[${now}]` : `[${was} => ${now}]`;
}

function outText(kind: Kind, head: string, name: string, value: number, moment: Moment): string {
  const { user, args, result } = moment;
  if (value === 0) return 'NULL';
  if (result === null) return pointer(value);
  if (head === 'rem') return INTERRUPTED.has(result) ? structText(name, user, value) : pointer(value);
  if (isError(result)) return pointer(value);
  const filled = FILLED[kind];
  if (filled) return filled(value, { ...moment, result });
  if (head === 'iovfilled') return buffers.iovecText(user, value, args[Number(name)], result);
  if (head === 'sockvalout')
    return word(user, args[Number(name)]) === 4
      ? structText('int', user, value)
      : buffers.bytesText(user, value, word(user, args[Number(name)]) ?? 0);
  if (head === 'sockaddrout') return buffers.sockaddrText(user, value, word(user, args[Number(name)]) ?? 0);
  return structText(name, user, value);
}

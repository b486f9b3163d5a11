import * as f from '../../abi/flags.ts';
import type { Kind, Result } from '../../abi/kinds.ts';
import { words } from '../../abi/kinds.ts';
import { syscall, syscallName, syscallNamed } from '../../abi/syscalls.ts';
import type { UserReader } from '../../kernel/platform.ts';
import { fcntlShape, futexShape, ioctlShape, prctlShape } from './commands.ts';
import { view } from './memory.ts';

/** One argument as it is shown: what it is, in which word it starts, and a label such as 'flags='. */
export interface Shown {
  readonly kind: Kind;
  readonly slot: number;
  readonly label?: string;
}

/** A call as it is shown: socketcall(2) and its kin under the name of the call inside, with that call's words. */
export interface Shape {
  readonly name: string;
  readonly args: ArrayLike<number>;
  readonly shown: readonly Shown[];
  readonly result: Result;
}

/** Kinds one after another, each in its own words. */
export function inOrder(kinds: readonly Kind[]): Shown[] {
  let slot = 0;
  return kinds.map((kind) => {
    const shown = { kind, slot };
    slot += words(kind);
    return shown;
  });
}

const OLD_MMAP: readonly Kind[] = ['ptr', 'uint', 'flags:prot', 'flags:map', 'fd', 'hex'];
const SELECT: readonly Kind[] = ['int', 'fdset:0', 'fdset:0', 'fdset:0', 'in:timeval32'];

/** The calls inside socketcall(2) by number; those that i386 has no call of their own for are spelled out. */
const SOCKET_CALLS: readonly (readonly [name: string, kinds?: readonly Kind[], result?: Result])[] = [
  ['socketcall'],
  ['socket'],
  ['bind'],
  ['connect'],
  ['listen'],
  ['accept', ['fd', 'sockaddrout:2', 'inout:int'], 'fd'],
  ['getsockname'],
  ['getpeername'],
  ['socketpair'],
  ['send', ['fd', 'bytes:2', 'uint', 'flags:msg']],
  ['recv', ['fd', 'filled', 'uint', 'flags:msg']],
  ['sendto'],
  ['recvfrom'],
  ['shutdown'],
  ['setsockopt'],
  ['getsockopt'],
  ['sendmsg'],
  ['recvmsg'],
  ['accept4'],
  ['recvmmsg'],
  ['sendmmsg'],
];

function block(user: UserReader, address: number, count: number): Int32Array | null {
  const v = view(user, address, count * 4);
  return v && Int32Array.from({ length: count }, (_, i) => v.getInt32(i * 4, true));
}

/** The call inside a call that passes its arguments in memory, null where that memory cannot be read. */
function inner(name: string, args: ArrayLike<number>, user: UserReader): Shape | null {
  if (name === 'mmap') {
    const words = block(user, args[0], 6);
    return words && { name, args: words, shown: inOrder(OLD_MMAP), result: 'ptr' };
  }
  if (name === 'select') {
    const words = block(user, args[0], 5);
    return words && { name, args: words, shown: inOrder(SELECT), result: 'int' };
  }
  const call = SOCKET_CALLS[args[0]];
  if (!call || args[0] === 0) return null;
  const row = syscallNamed(call[0]);
  const kinds = call[1] ?? row?.args ?? [];
  const words = block(user, args[1], kinds.length);
  return words && { name: call[0], args: words, shown: inOrder(kinds), result: call[2] ?? row?.result ?? 'int' };
}

const isDevice = (mode: number): boolean => (mode & f.S_IFMT) === f.S_IFCHR || (mode & f.S_IFMT) === f.S_IFBLK;
const creates = (flags: number): boolean => (flags & (f.O_CREAT | (f.O_TMPFILE & ~f.O_DIRECTORY))) !== 0;

/** How many arguments a call has where that depends on one of them. */
const ARITY: Readonly<Record<string, (args: ArrayLike<number>) => number>> = {
  open: (args) => (creates(args[1]) ? 3 : 2),
  openat: (args) => (creates(args[2]) ? 4 : 3),
  mq_open: (args) => (creates(args[1]) ? 4 : 2),
  mknod: (args) => (isDevice(args[1]) ? 3 : 2),
  mknodat: (args) => (isDevice(args[2]) ? 4 : 3),
  mremap: (args) => {
    const moves = f.MREMAP_MAYMOVE | f.MREMAP_FIXED;
    return (args[3] & moves) === moves ? 5 : 4;
  },
  ptrace: (args) => (args[0] === f.PTRACE_TRACEME ? 1 : 4),
  syslog: (args) => (args[0] === 0 || args[0] === 1 ? 1 : 3),
};

function cloneShape(args: ArrayLike<number>): Shown[] {
  const flags = args[0];
  const shown: Shown[] = [
    { kind: 'ptr', slot: 1, label: 'child_stack=' },
    { kind: 'cloneflags', slot: 0, label: 'flags=' },
  ];
  if (flags & (f.CLONE_PARENT_SETTID | f.CLONE_PIDFD)) shown.push({ kind: 'out:int', slot: 2, label: 'parent_tid=' });
  if (flags & f.CLONE_SETTLS) shown.push({ kind: 'in:user_desc', slot: 3, label: 'tls=' });
  if (flags & (f.CLONE_CHILD_SETTID | f.CLONE_CHILD_CLEARTID))
    shown.push({ kind: 'ptr', slot: 4, label: 'child_tidptr=' });
  return shown;
}

/** How a call is shown, from its number and words; `user` is asked only for argument blocks and command-dependent words. */
export function shapeOf(number: number, args: ArrayLike<number>, user: UserReader): Shape {
  const row = syscall(number);
  if (!row) {
    const six: readonly Kind[] = ['hex', 'hex', 'hex', 'hex', 'hex', 'hex'];
    return { name: syscallName(number), args, shown: inOrder(six), result: 'int' };
  }
  const { name } = row;
  if (number === 90 || number === 82 || number === 102) {
    const call = inner(name, args, user);
    if (call) return call;
  }
  return { name, args, shown: shownOf(name, row.args, args), result: row.result ?? 'int' };
}

function shownOf(name: string, kinds: readonly Kind[], args: ArrayLike<number>): readonly Shown[] {
  switch (name) {
    case 'clone':
      return cloneShape(args);
    case 'futex':
    case 'futex_time64':
      return futexShape(args[1], kinds);
    case 'fcntl':
    case 'fcntl64':
      return fcntlShape(args[1]);
    case 'ioctl':
      return ioctlShape(args[1]);
    case 'prctl':
      return prctlShape(args[0]);
    default: {
      const shown = inOrder(kinds);
      const arity = ARITY[name];
      return arity ? shown.slice(0, arity(args)) : shown;
    }
  }
}

/** The fuzzer of system calls: builds test/robust/calls/*.c with what the call table says of every argument. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHOICES, FLAG_SETS } from '../../src/abi/flagsets.ts';
import { type Kind, words } from '../../src/abi/kinds.ts';
import { SYSCALLS } from '../../src/abi/syscalls.ts';
import { WORDS } from './build.ts';

const SOURCES = join(import.meta.dirname, 'calls');
const LIBRARY = join(import.meta.dirname, '../../programs/lib');

/** Kinds of arguments as the program draws them (table.c), and of structures (values.c). */
const ARGUMENTS = [
  'number',
  'zero',
  'fd',
  'dirfd',
  'pid',
  'signal',
  'path',
  'address',
  'page',
  'size',
  'flags',
  'choice',
  'struct',
  'mode',
  'node',
  'user',
  'handler',
  'high',
  'offset',
  'key',
  'clone',
  'futex',
] as const;
const STRUCTURES = [
  'any',
  'words',
  'time',
  'time64',
  'itimer',
  'itimer64',
  'action',
  'sigset',
  'vector',
  'poll',
  'address',
  'message',
  'messages',
  'epoll',
  'lock',
  'argv',
  'length',
  'sem',
] as const;
type Argument = (typeof ARGUMENTS)[number];
type Structure = (typeof STRUCTURES)[number];

/** Words by their kind; a structure where nothing else is said. */
const SCALARS: Readonly<Record<string, Argument>> = {
  fd: 'fd',
  dirfd: 'dirfd',
  pid: 'pid',
  signal: 'signal',
  path: 'path',
  string: 'path',
  ptr: 'address',
  mode: 'mode',
  mknod: 'node',
  uid: 'user',
  uid16: 'user',
  handler: 'handler',
  off: 'offset',
  pgoff: 'number',
  ipckey: 'key',
  cloneflags: 'clone',
  futexop: 'futex',
  stack: 'zero',
  int: 'number',
  uint: 'number',
  hex: 'number',
  dev16: 'number',
  oldsigset: 'number',
  ipcflags: 'number',
  protocol: 'number',
  sockopt: 'number',
  futexwakeop: 'number',
  futexbits: 'number',
  filled: 'address',
  filledhex: 'address',
  outpath: 'address',
  outstring: 'address',
  fcntlarg: 'struct',
  prctlarg: 'number',
  ioctlarg: 'address',
  tls: 'struct',
  socketargs: 'struct',
  mmapargs: 'struct',
  selargs: 'struct',
  cloneargs: 'struct',
  cpuset: 'struct',
  argv: 'struct',
  envp: 'struct',
};
const STRUCTS: Readonly<Record<string, Structure>> = {
  timespec32: 'time',
  timeval32: 'time',
  time: 'time',
  __kernel_timespec: 'time64',
  itimerval: 'itimer',
  itimerspec32: 'itimer',
  __kernel_itimerspec: 'itimer64',
  sigaction: 'action',
  old_sigaction: 'words',
  sigset: 'sigset',
  iov: 'vector',
  iovfilled: 'vector',
  iovaddr: 'vector',
  pollfds: 'poll',
  sockaddr: 'address',
  msghdr: 'message',
  mmsghdr: 'messages',
  epoll_event: 'epoll',
  flock: 'lock',
  fcntlarg: 'lock',
  argv: 'argv',
  envp: 'argv',
  sockaddrout: 'address',
  len: 'length',
  socketargs: 'words',
  mmapargs: 'words',
  selargs: 'words',
  cloneargs: 'words',
  utimbuf: 'time',
  off64: 'length',
  timespecs32: 'itimer',
  timespecs64: 'itimer64',
  timevals32: 'itimer',
  bytes: 'any',
  sembuf: 'sem',
};
/** Calls whose arguments the table leaves open. */
const SPECIAL: Readonly<Record<string, readonly (Argument | Structure)[]>> = {
  mmap2: ['page', 'size', 'flags', 'flags', 'fd', 'number'],
  munmap: ['page', 'size'],
  mprotect: ['page', 'size', 'flags'],
  mremap: ['page', 'size', 'size', 'flags', 'page'],
  madvise: ['page', 'size', 'choice'],
  msync: ['page', 'size', 'flags'],
  mlock: ['page', 'size'],
  munlock: ['page', 'size'],
  mincore: ['page', 'size', 'address'],
  remap_file_pages: ['page', 'size', 'number', 'number', 'number'],
  semop: ['key', 'sem', 'number'],
  semtimedop_time64: ['key', 'sem', 'number', 'time64'],
  semctl: ['key', 'number', 'number', 'words'],
  shmat: ['key', 'page', 'flags'],
  shmdt: ['page'],
  shmctl: ['key', 'number', 'words'],
  msgsnd: ['key', 'words', 'number', 'number'],
  msgrcv: ['key', 'address', 'number', 'number', 'number'],
  msgctl: ['key', 'number', 'words'],
  ipc: ['number', 'key', 'number', 'number', 'words', 'number'],
  sendmsg: ['fd', 'message', 'flags'],
  recvmsg: ['fd', 'message', 'flags'],
  sendmmsg: ['fd', 'messages', 'number', 'flags'],
  recvmmsg: ['fd', 'messages', 'number', 'flags', 'time'],
  recvmmsg_time64: ['fd', 'messages', 'number', 'flags', 'time64'],
  brk: ['zero'],
};

/** Values of all flag sets and choices, and the number of each. */
class Sets {
  readonly lines: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of `flags:NAME` or `choice:NAME`. */
  of(kind: string, name: string): number {
    const key = `${kind}:${name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      const values = this.#values(kind, name);
      this.lines.push(`{${values.length}, (const u32[]){${values.map((value) => `${value >>> 0}u`).join(', ')}}}`);
    }
    return number;
  }

  #values(kind: string, name: string): number[] {
    if (kind === 'choice')
      return Object.values((CHOICES as Record<string, { names: Record<string, number> }>)[name].names);
    const set = (
      FLAG_SETS as Record<string, { choice?: { names: Record<string, number> }; bits: Record<string, number> }>
    )[name];
    return [...Object.values(set.choice?.names ?? {}), ...Object.values(set.bits)];
  }
}

/** One argument as the program's table has it: its kind, and its set or structure. */
function entry(kind: Kind, sets: Sets): [Argument, number] {
  const [head, rest] = kind.split(':');
  if (head === 'flags' || head === 'choice') return [head, sets.of(head, rest)];
  const structure = STRUCTS[rest] ?? STRUCTS[head];
  if (['in', 'out', 'inout', 'rem', 'futextime'].includes(head))
    return ['struct', STRUCTURES.indexOf(STRUCTS[rest] ?? 'any')];
  const scalar = SCALARS[head] ?? 'struct';
  return [scalar, scalar === 'struct' ? STRUCTURES.indexOf(structure ?? 'any') : 0];
}

/** An entry of SPECIAL beside what the call table says. */
function special(wanted: Argument | Structure, before: [Argument, number]): [Argument, number] {
  if (wanted === 'flags' || wanted === 'choice') return before[0] === wanted ? before : ['number', 0];
  if ((ARGUMENTS as readonly string[]).includes(wanted)) return [wanted as Argument, 0];
  return ['struct', STRUCTURES.indexOf(wanted as Structure)];
}

/** calls.inc: the names of kinds, the sets, and a row for every call. */
function table(): string {
  const sets = new Sets();
  const rows = SYSCALLS.map(({ number, name, args }) => {
    const drawn: [Argument, number][] = [];
    for (const kind of args) {
      if (words(kind) === 2) drawn.push(['offset', 0], ['high', 0]);
      else drawn.push(entry(kind, sets));
    }
    for (const [i, wanted] of (SPECIAL[name] ?? []).entries()) drawn[i] = special(wanted, drawn[i] ?? ['number', 0]);
    const list = (n: 0 | 1) => drawn.map((argument) => (n === 0 ? `A_${argument[0]}` : argument[1])).join(', ');
    return `[${number}] = {{${list(0)}}, {${list(1)}}}`;
  });
  return `enum { ${ARGUMENTS.map((name) => `A_${name}`).join(', ')} };
enum { ${STRUCTURES.map((name) => `S_${name}`).join(', ')} };
#ifdef TABLE
static const struct { u32 count; const u32 *values; } sets[] = {
${sets.lines.join(',\n')}
};
static const struct { u8 kind[6], set[6]; } calls[] = {
${rows.join(',\n')}
};
#endif
`;
}

/** The fuzzer as an ELF file; a text that says why it cannot be built. */
export function buildCalls(): Uint8Array | string {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-calls-'));
  try {
    writeFileSync(join(folder, 'calls.inc'), table());
    const sources = [SOURCES, LIBRARY].flatMap((from) =>
      readdirSync(from)
        .filter((name) => /\.[cS]$/.test(name))
        .map((name) => join(from, name)),
    );
    const words = [
      ...WORDS,
      '-O2',
      `-I${LIBRARY}`,
      `-I${folder}`,
      `-I${SOURCES}`,
      `-Wl,-T,${join(LIBRARY, '../link.ld')}`,
    ];
    const built = spawnSync('gcc', [...words, ...sources, '-o', join(folder, 'calls')], { encoding: 'utf8' });
    if (built.error) return 'no gcc';
    if (built.status !== 0) return `gcc -m32: ${built.stderr.slice(0, 2000)}`;
    return readFileSync(join(folder, 'calls'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

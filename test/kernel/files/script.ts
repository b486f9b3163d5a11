/** Random scripts of file system calls over a few names, so that calls meet what earlier ones left. */
import * as F from '../../../src/abi/flags.ts';
import type { Arg, Line } from './oracle.ts';

/** A small generator: the same numbers for the same seed. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

const PLAIN = ['a', 'b', 'c', 'd', 'e', 'd/x', 'd/y', 'e/x', 'd/e', 'd/e/z', 'l', 'm'];
const ODD = [
  '',
  '.',
  '..',
  '/',
  '/w',
  '/w/a',
  './a',
  'd/.',
  'd/..',
  'd/../b',
  'a/',
  'd/',
  'l/',
  'l/x',
  'm/x',
  'a/x',
  'a/.',
  'a/..',
  'nope/x',
  '../w/b',
  '../../../w/c',
  'd//x',
  'x'.repeat(255),
  'x'.repeat(256),
  `d/${'y'.repeat(300)}`,
  `${'d/../'.repeat(100)}a`,
  'q'.repeat(5000),
];
const MODES = [0o644, 0o600, 0o755, 0o700, 0o777, 0o000, 0o4755, 0o2755, 0o1777, 0o444, 0o555];

/** What a script may contain: the descriptors its lines may use grow with it. */
class Author {
  readonly dice: Dice;
  readonly lines: Line[] = [];
  readonly opened: number[] = [];
  constructor(seed: number) {
    this.dice = new Dice(seed);
  }
  path(): string {
    return this.dice.below(4) === 0 ? this.dice.of(ODD) : this.dice.of(PLAIN);
  }
  fd(): Arg {
    const pick = this.dice.below(12);
    if (pick === 0) return this.dice.of([-1, 0, 1, 99, 5000, 3, 4]);
    return this.opened.length > 0 ? { result: this.dice.of(this.opened) } : 0;
  }
  directory(): Arg {
    return this.dice.below(3) > 0 ? F.AT_FDCWD : this.fd();
  }
  openFlags(): number {
    const { dice } = this;
    let flags = dice.of([F.O_RDONLY, F.O_WRONLY, F.O_RDWR, F.O_RDWR]) | F.O_NONBLOCK | F.O_LARGEFILE;
    const optional = [F.O_CREAT, F.O_CREAT, F.O_EXCL, F.O_TRUNC, F.O_APPEND, F.O_DIRECTORY, F.O_NOFOLLOW, F.O_CLOEXEC];
    for (const flag of optional) if (dice.below(4) === 0) flags |= flag;
    if (dice.below(12) === 0) flags |= F.O_PATH;
    // The meaning of this pair has changed between kernels.
    if (flags & F.O_CREAT && flags & F.O_DIRECTORY) flags &= ~F.O_DIRECTORY;
    return flags;
  }
  add(name: string, ...args: Arg[]): void {
    this.lines.push([name, ...args]);
  }
  opens(name: string, ...args: Arg[]): void {
    this.opened.push(this.lines.length);
    this.add(name, ...args);
  }
  /** A stat and the fields of it that do not depend on the file system below. */
  stats(name: string, ...args: Arg[]): void {
    this.lines.push(['lseek', -1, 0, 0]);
    this.add(name, ...args);
    this.lines.push({ print: 7, count: 96 });
  }
}

type Step = (author: Author) => void;
const size = (a: Author) => a.dice.of([0, 1, 5, 100, 4095, 4096, 4097, 8000]);
const offset = (a: Author) => a.dice.of([0, 0, 1, 10, 4096, 5000, 20000, -1, -10, 0x7fffffff]);
const BUF = { buffer: 0 } as const;
const STAT = { buffer: 7 } as const;

const STEPS: readonly Step[] = [
  (a) => a.opens('open', a.path(), a.openFlags(), a.dice.of(MODES)),
  (a) => a.opens('open', a.path(), a.openFlags(), a.dice.of(MODES)),
  (a) => a.opens('openat', a.directory(), a.path(), a.openFlags(), a.dice.of(MODES)),
  // Never on a FIFO: creat cannot be told not to wait.
  (a) =>
    a.opens('creat', a.dice.of(['new', 'd/new', '', '.', 'd/', 'new/', 'nope/x', 'q'.repeat(300)]), a.dice.of(MODES)),
  (a) => a.opens('dup', a.fd()),
  (a) => a.opens('dup2', a.fd(), a.dice.of([5, 6, 7, 30, -1, 100000000])),
  (a) => a.opens('dup3', a.fd(), a.dice.of([5, 6, 7, 30]), a.dice.of([0, F.O_CLOEXEC, 1])),
  (a) => a.opens('fcntl64', a.fd(), a.dice.of([F.F_DUPFD, F.F_DUPFD_CLOEXEC]), a.dice.of([0, 10, 20, -1])),
  (a) => a.add('close', a.fd()),
  (a) => a.add('close', a.fd()),
  (a) => a.add('fcntl64', a.fd(), a.dice.of([F.F_GETFD, F.F_GETFL]), 0),
  (a) => a.add('fcntl64', a.fd(), F.F_SETFD, a.dice.of([0, 1])),
  (a) => a.add('fcntl64', a.fd(), F.F_SETFL, F.O_NONBLOCK | a.dice.of([0, F.O_APPEND, F.O_RDWR])),
  (a) => a.add('read', a.fd(), BUF, size(a)),
  (a) => a.add('write', a.fd(), BUF, size(a)),
  (a) => a.add('write', a.fd(), a.dice.of(['hello', 'some text that is longer']), 5),
  (a) => a.add('pread64', a.fd(), BUF, size(a), offset(a), 0),
  (a) => a.add('pwrite64', a.fd(), BUF, size(a), a.dice.of([0, 1, 10, 4096, 5000, -1]), 0),
  (a) => a.add('lseek', a.fd(), offset(a), a.dice.of([0, 1, 2, 7])),
  (a) => a.add('ftruncate', a.fd(), a.dice.of([0, 3, 4096, 10000, -1])),
  (a) => a.add('truncate', a.path(), a.dice.of([0, 3, 4096, 10000, -1])),
  (a) => a.add('mkdir', a.path(), a.dice.of(MODES)),
  (a) => a.add('mkdirat', a.directory(), a.path(), a.dice.of(MODES)),
  (a) => a.add('rmdir', a.path()),
  (a) => a.add('unlink', a.path()),
  (a) => a.add('unlinkat', a.directory(), a.path(), a.dice.of([0, 0, F.AT_REMOVEDIR, 1])),
  (a) => a.add('rename', a.path(), a.path()),
  (a) => a.add('renameat', a.directory(), a.path(), a.directory(), a.path()),
  (a) => a.add('renameat2', F.AT_FDCWD, a.path(), F.AT_FDCWD, a.path(), a.dice.of([0, 1, 2, 3, 64])),
  (a) => a.add('link', a.path(), a.path()),
  (a) => a.add('linkat', a.directory(), a.path(), F.AT_FDCWD, a.path(), a.dice.of([0, F.AT_SYMLINK_FOLLOW, 1])),
  (a) => a.add('symlink', a.dice.of(['a', 'd', '/w/b', 'nope', 'l', 'm', 'd/', '..', '../w', 'd/x']), a.path()),
  (a) => a.add('symlinkat', a.dice.of(['a', 'd', 'l', '']), a.directory(), a.dice.of(['l', 'm', 'd/l'])),
  (a) => a.add('readlink', a.path(), BUF, a.dice.of([100, 3, 0, -1])),
  (a) => a.add('readlinkat', a.directory(), a.path(), BUF, 100),
  (a) => a.add('mknod', a.path(), a.dice.of([F.S_IFIFO, F.S_IFREG, 0, F.S_IFSOCK, F.S_IFDIR, 0o30000]) | 0o644, 0),
  (a) => a.add('chmod', a.path(), a.dice.of(MODES)),
  (a) => a.add('fchmod', a.fd(), a.dice.of(MODES)),
  (a) => a.add('fchmodat', a.directory(), a.path(), a.dice.of(MODES)),
  (a) => a.add('chown32', a.path(), a.dice.of([0, 1000, 1001, -1]), a.dice.of([0, 1000, 1001, -1])),
  (a) => a.add('lchown', a.path(), a.dice.of([0, 1000, 65535]), a.dice.of([0, 1000, 65535])),
  (a) => a.add('fchown32', a.fd(), a.dice.of([0, 1000, -1]), a.dice.of([0, 1000, -1])),
  (a) => a.add('access', a.path(), a.dice.of([0, 1, 2, 4, 7, 8])),
  (a) => a.add('faccessat2', a.directory(), a.path(), a.dice.of([0, 2, 4]), a.dice.of([0, F.AT_EACCESS, 0x100, 1])),
  (a) => a.stats('stat64', a.path(), STAT),
  (a) => a.stats('lstat64', a.path(), STAT),
  (a) => a.stats('fstat64', a.fd(), STAT),
  (a) => a.stats('fstatat64', a.directory(), a.path(), STAT, a.dice.of([0, 0x100, 0x1000, 0x1100, 1])),
  (a) => {
    a.opens('open', a.path(), F.O_RDONLY | F.O_NONBLOCK, 0);
    a.add('getdents64', { result: a.lines.length - 1 }, BUF, a.dice.of([8192, 8192, 10]));
  },
  (a) => a.add('chdir', a.dice.of(['d', 'd/e', '/w', '..', 'a', 'nope', '/w'])),
  (a) => a.add('chdir', '/w'),
  (a) => a.add('fchdir', a.fd()),
  (a) => a.add('getcwd', BUF, a.dice.of([4096, 2, 0])),
  (a) => a.add('utimes', a.path(), 0),
  (a) => a.add('fsync', a.fd()),
  (a) => a.add('flock', a.fd(), a.dice.of([1 | 4, 2 | 4, 8, 3])),
  (a) => a.add('ioctl', a.fd(), a.dice.of([F.TCGETS, F.FIONREAD, F.FIOCLEX]), BUF),
  (a) => a.add('fallocate', a.fd(), a.dice.of([0, 1]), a.dice.of([0, 100]), 0, a.dice.of([0, 1000, 5000]), 0),
  (a) => a.add('close_range', a.dice.of([20, 30, 5]), a.dice.of([40, 4]), 0),
  (a) => a.add('sendfile', a.fd(), a.fd(), 0, a.dice.of([10, 5000])),
];

/** A random script of about `count` calls. */
export function randomScript(seed: number, count: number): Line[] {
  const author = new Author(seed);
  while (author.lines.length < count) author.dice.of(STEPS)(author);
  return author.lines;
}

/** Words as they lie in memory: little endian, of 2, 4 or 8 bytes. */
export function packed(...words: readonly (readonly [value: number, size: 2 | 4 | 8])[]): string {
  const bytes: number[] = [];
  for (const [value, size] of words)
    for (let i = 0; i < size; i++) bytes.push(i < 4 ? (value >>> (8 * i)) & 0xff : value < 0 ? 0xff : 0);
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Descriptors of the second kind of script: the same small numbers on both sides. */
const some = (a: Author) => a.dice.of([3, 3, 4, 4, 5, 6, 7, 8, 9, 1, 12, -1]);
const length = (a: Author) => a.dice.of([0, 1, 7, 100, 1000, 4000, 4096, 5000, 8192]);
const BOX = { buffer: 3 } as const;

const PIPE_STEPS: readonly Step[] = [
  (a) => a.add('pipe2', { buffer: 1 }, F.O_NONBLOCK | a.dice.of([0, 0, F.O_CLOEXEC, F.O_DIRECT, 1])),
  (a) => a.add('write', some(a), BUF, length(a)),
  (a) => a.add('write', some(a), BUF, 8192),
  (a) => a.add('write', some(a), BUF, 8192),
  (a) => a.add('read', some(a), BUF, length(a)),
  (a) => a.add('read', some(a), BUF, length(a)),
  (a) => a.dice.below(3) === 0 && a.add('close', some(a)),
  (a) => a.add('dup', some(a)),
  (a) => a.add('dup2', some(a), a.dice.of([3, 5, 8])),
  (a) => a.add('fcntl64', some(a), a.dice.of([F.F_GETPIPE_SZ, F.F_GETFL, F.F_GETFD]), 0),
  (a) => a.add('fcntl64', some(a), F.F_SETPIPE_SZ, a.dice.of([4096, 8192, 10000, 65536, 0, -1])),
  (a) => {
    a.add('ioctl', some(a), F.FIONREAD, BOX);
    a.lines.push({ print: 3, count: 4 });
  },
  (a) => a.add('lseek', some(a), 0, 0),
  (a) => a.add('mknod', a.dice.of(['p', 'q']), F.S_IFIFO | 0o644, 0),
  (a) => a.add('open', a.dice.of(['p', 'q']), F.O_NONBLOCK | a.dice.of([0, 1, 2]), 0),
  (a) => a.add('open', a.dice.of(['f', 'g']), F.O_CREAT | F.O_NONBLOCK | F.O_LARGEFILE | a.dice.of([1, 2, 2]), 0o600),
  (a) => {
    const fds = Array.from({ length: 1 + a.dice.below(4) }, () => some(a));
    const events = () => a.dice.of([F.POLLIN, F.POLLOUT, F.POLLIN | F.POLLOUT, 0, F.POLLIN | F.POLLRDNORM | F.POLLPRI]);
    a.lines.push({ into: 3, hex: fds.map((fd) => packed([fd, 4], [events(), 2], [0x7fff, 2])).join('') });
    a.add('poll', BOX, fds.length, 0);
    a.lines.push({ print: 3, count: fds.length * 8 });
  },
  (a) => {
    a.lines.push({ into: 3, hex: packed([a.dice.below(0x200), 4], [a.dice.below(0x200), 4], [0, 4], [0, 4], [0, 4]) });
    // Three sets and a time of zero lie one after another; select reads them through the block of select(82).
    a.lines.push({ into: 4, hex: packed([0, 8]) });
    a.add('_newselect', a.dice.of([10, 5, 0, -1, 32]), BOX, { buffer: 5 }, { buffer: 6 }, { buffer: 4 });
    for (const buffer of [3, 5, 6]) a.lines.push({ print: buffer, count: 8 });
  },
  (a) => a.lines.push({ into: 5, hex: packed([a.dice.below(0x200), 4], [0, 4]) }),
  (a) => {
    const [type, whence] = [a.dice.of([0, 1, 2, 0, 1, 5]), a.dice.of([0, 0, 0, 1, 2, 3])];
    const [start, size] = [a.dice.of([0, 0, 5, 10, 20, -5]), a.dice.of([0, 1, 5, 10, 100, -3])];
    a.lines.push({ into: 3, hex: packed([type, 2], [whence, 2], [start, 8], [size, 8], [0, 4]) });
    a.add('fcntl64', some(a), a.dice.of([F.F_OFD_SETLK, F.F_OFD_SETLK, F.F_OFD_GETLK, F.F_SETLK64, F.F_GETLK64]), BOX);
    a.lines.push({ print: 3, count: 20 });
  },
  (a) => a.add('flock', some(a), a.dice.of([1 | 4, 2 | 4, 8])),
];

/** A random script of about `count` calls on pipes, FIFOs and locks. */
export function randomPipeScript(seed: number, count: number): Line[] {
  const author = new Author(seed);
  while (author.lines.length < count) author.dice.of(PIPE_STEPS)(author);
  return author.lines;
}

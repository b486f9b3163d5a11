import { describe, expect, it } from 'vitest';
import { EFAULT, EFBIG, EINVAL, ELOOP, EMFILE, ENAMETOOLONG, ENOENT, ENOMEM, ERANGE } from '../../../src/abi/errno.ts';
import * as F from '../../../src/abi/flags.ts';
import { fileCalls } from '../../../src/kernel/calls/file-calls.ts';
import { FILE_MAX } from '../../../src/kernel/files/regular.ts';
import { Pending, World } from './fake.ts';
import { Dice, packed } from './script.ts';

const unhex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe('names and links that lead astray', () => {
  it('gives up after forty links', () => {
    const world = new World();
    world.call('symlink', 'loop', '/loop');
    expect(world.open('/loop')).toBe(-ELOOP);
    world.call('close', world.open('/l0', F.O_CREAT));
    for (let i = 1; i <= 41; i++) world.call('symlink', `l${i - 1}`, `/l${i}`);
    expect(world.open('/l40')).toBeGreaterThan(0);
    expect(world.open('/l41')).toBe(-ELOOP);
  });

  it('knows the limits of names and paths', () => {
    const world = new World();
    expect(world.call('mkdir', `/${'n'.repeat(255)}`, 0o755)).toBe(0);
    expect(world.call('mkdir', `/${'n'.repeat(256)}`, 0o755)).toBe(-ENAMETOOLONG);
    expect(world.open(`/${'./'.repeat(2047)}`)).toBeGreaterThan(0);
    expect(world.open(`/${'./'.repeat(2048)}`)).toBe(-ENAMETOOLONG);
  });

  it('goes as deep as a program likes, and shows what it can of it', () => {
    const world = new World();
    for (let i = 0; i < 20_000; i++) {
      expect(world.call('mkdir', 'deeper', 0o755)).toBe(0);
      expect(world.call('chdir', 'deeper')).toBe(0);
    }
    const room = world.room(4096);
    expect(world.call('getcwd', room, 4096)).toBe(-ENAMETOOLONG);
    expect(world.call('readlink', '/proc/self/cwd', room, 4096)).toBe(-ENAMETOOLONG);
    expect(world.call('chdir', '..')).toBe(0);
    expect(world.call('rmdir', 'deeper')).toBe(0);
  });

  it('does not find anything in a directory that was removed under it', () => {
    const world = new World();
    world.call('mkdir', '/d', 0o755);
    world.call('chdir', '/d');
    expect(world.call('rmdir', '/d')).toBe(0);
    expect(world.call('getcwd', world.room(100), 100)).toBe(-ENOENT);
    expect(world.open('x', F.O_CREAT | F.O_RDWR)).toBe(-ENOENT);
    expect(world.call('mkdir', 'y', 0o755)).toBe(-ENOENT);
    expect(world.open('..')).toBeGreaterThan(0);
  });

  it('cannot leave a chroot by ..', () => {
    const world = new World({ tree: { jail: { inside: 'i' }, outside: 'o' } });
    expect(world.call('chroot', '/jail')).toBe(0);
    expect(world.call('chdir', '/')).toBe(0);
    expect(world.contents('/../../inside')).toBe('i');
    expect(world.contents('../outside')).toBe(-ENOENT);
    expect(world.call('getcwd', world.room(10), 1)).toBe(-ERANGE);
  });
});

describe('sizes and positions at the edge', () => {
  it('keeps a sparse file of sixteen terabytes in a page', () => {
    const world = new World();
    const fd = world.open('/sparse', F.O_CREAT | F.O_RDWR | F.O_LARGEFILE);
    const [low, high] = [(FILE_MAX - 4096) | 0, Math.floor((FILE_MAX - 4096) / 2 ** 32)];
    expect(world.call('pwrite64', fd, world.put('end'), 3, low, high)).toBe(3);
    expect(world.call('pwrite64', fd, world.put('x'), 1, FILE_MAX | 0, Math.floor(FILE_MAX / 2 ** 32))).toBe(-EFBIG);
    expect(world.call('ftruncate64', fd, 0, 0x1000)).toBe(-EFBIG);
    // The whole of it zeroed and cut again, at once.
    expect(world.call('fallocate', fd, 3, 0, 0, low, high)).toBe(0);
    expect(world.call('ftruncate64', fd, 0, 0)).toBe(0);
  });

  it('refuses offsets and counts that make no sense', () => {
    const world = new World();
    const fd = world.open('/f', F.O_CREAT | F.O_RDWR);
    expect(world.call('pread64', fd, world.room(10), 10, -1, -1)).toBe(-EINVAL);
    expect(world.call('lseek', fd, -1, 0)).toBe(-EINVAL);
    expect(world.call('readv', fd, world.room(16), 1025)).toBe(-EINVAL);
    expect(world.call('writev', fd, 0x7ffffff0, 2)).toBe(-EFAULT);
    expect(world.call('writev', fd, world.put(unhex(packed([world.put('abc'), 4], [-1, 4]))), 1)).toBe(-EINVAL);
  });

  it('reads and writes as much of a giant buffer as there is', () => {
    const world = new World();
    const zero = world.open('/dev/zero', F.O_RDWR);
    const start = world.room(64);
    const count = world.call('read', zero, start, 0x7fffffff);
    expect(count).toBe(0x80000 - start);
    const iovecs = Array.from({ length: 1024 }, () => packed([0x10000, 4], [0x7fffffff, 4])).join('');
    expect(world.call('readv', zero, world.put(unhex(iovecs)), 1024)).toBeGreaterThan(0);
  });
});

describe('descriptors and memory that run out', () => {
  it('says so, and gives everything back', () => {
    const world = new World();
    world.limits = { [F.RLIMIT_NOFILE]: 101 };
    const before = world.frames.free;
    const pair = world.room(8);
    world.keepFrom();
    let made = 0;
    while (world.call('pipe', pair) === 0) {
      world.call('fcntl64', world.memory.load32(pair + 4), F.F_SETFL, F.O_NONBLOCK);
      while (world.write(world.memory.load32(pair + 4), 'p'.repeat(8192)) > 0) made++;
    }
    expect(made).toBeGreaterThan(30);
    expect(world.frames.free).toBeLessThan(8);
    expect(world.call('dup', 0)).toBe(-EMFILE);
    const fd = world.call('close', 3) === 0 ? world.open('/f', F.O_CREAT | F.O_RDWR) : -1;
    expect(fd).toBe(3);
    expect([-ENOMEM, 8192, 4096]).toContain(world.write(fd, 'x'.repeat(8192)));
    for (let i = 0; i < 101; i++) world.call('close', i);
    expect(world.call('close', 0)).toBeLessThan(0);
    expect(world.frames.free).toBeGreaterThanOrEqual(before - 2);
  });

  it('survives calls with random arguments', () => {
    const world = new World({ tree: { etc: { passwd: 'root' } } });
    const dice = new Dice(20261120);
    const text = ['/etc/passwd', '/tmp', 'x', '/proc/self/fd/3', '/dev/tty', '', '/proc/1', '..', '/dev/zero', '/sys'];
    const args = () =>
      Array.from({ length: 6 }, () => {
        const kind = dice.below(6);
        if (kind === 0) return world.put(dice.of(text));
        if (kind === 1) return 0x10000 + dice.below(0x6ff00);
        if (kind === 2) return dice.of([0x7ffff, 0x80000, 0xf000, -4096, 0xc0000000 | 0, 0x7fffffff, -0x80000000]);
        return kind === 3 ? dice.below(2 ** 31) : dice.of([0, 1, 2, 3, 4, 5, 6, 7, 100, -1, -100, 0x100, 0x1000, 4096]);
      });
    for (let i = 0; i < 30_000; i++) {
      const row = dice.of(fileCalls);
      const words = args();
      if (row.name === 'close_range' || row.name === 'chroot') continue;
      const result = new Pending(row.run(world.caller(words))).go();
      // lseek cuts positions off to 32 bits, as a 64-bit kernel does for 32-bit programs.
      if (
        result !== undefined &&
        row.name !== 'lseek' &&
        !(Number.isInteger(result) && result >= -4095 && result <= 0xffffffff)
      )
        throw new Error(`${row.name}(${words}) = ${result}`);
      if (i % 500 === 0) for (let fd = 3; fd < 2000; fd++) world.call('close', fd);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { EAGAIN, EIO, ENOENT } from '../../../src/abi/errno.ts';
import * as F from '../../../src/abi/flags.ts';
import { SIGHUP, SIGINT, SIGWINCH } from '../../../src/abi/signals.ts';
import { World } from '../files/fake.ts';

/** A world with a pseudo-terminal: the descriptors of its two sides. */
function pair() {
  const world = new World();
  world.groups = { 1: 1, 3: 3 };
  world.sessions = { 1: 1, 3: 3 };
  const word = world.room(4);
  const master = world.open('/dev/ptmx', F.O_RDWR | F.O_NOCTTY);
  expect(world.call('ioctl', master, F.TIOCGPTN, word)).toBe(0);
  const path = `/dev/pts/${world.memory.load32(word)}`;
  expect(world.open(path, F.O_RDWR | F.O_NOCTTY)).toBe(-EIO);
  world.memory.store32(word, 0);
  expect(world.call('ioctl', master, F.TIOCSPTLCK, word)).toBe(0);
  const slave = world.open(path, F.O_RDWR | F.O_NOCTTY);
  expect(slave).toBeGreaterThan(master);
  return { world, master, slave, path };
}

describe('a pseudo-terminal', () => {
  it('types on one side what is read on the other, and shows what is written there', () => {
    const { world, master, slave } = pair();
    expect(world.write(master, 'line\r')).toBe(5);
    expect(world.read(slave)).toBe('line\n');
    expect(world.read(master)).toBe('line\r\n');
    expect(world.write(slave, 'a\nb')).toBe(3);
    expect(world.read(master)).toBe('a\r\nb');
  });

  it('makes each side wait for the other', () => {
    const { world, master, slave } = pair();
    const room = world.room(10);
    const read = world.start('read', master, room, 10);
    expect(read.go()).toBeUndefined();
    world.write(slave, 'x');
    expect(read.go()).toBe(1);
    world.call('fcntl64', slave, F.F_SETFL, F.O_NONBLOCK);
    let written = 0;
    for (;;) {
      const count = world.write(slave, 'y'.repeat(8192));
      if (count === -EAGAIN) break;
      written += count;
    }
    expect(written).toBe(65536);
    expect(world.read(master, 8192)).toBe('y'.repeat(8192));
    expect(world.write(slave, 'z')).toBe(1);
  });

  it('ends for the master with its last user, for the user with the master', () => {
    const { world, master, slave, path } = pair();
    expect(world.call('close', slave)).toBe(0);
    expect(world.read(master)).toBe(-EIO);
    const again = world.open(path, F.O_RDWR | F.O_NOCTTY);
    expect(world.call('close', master)).toBe(0);
    expect(world.read(again)).toBe('');
    expect(world.write(again, 'x')).toBe(-EIO);
    expect(world.open(path)).toBe(-ENOENT);
  });

  it('controls a session like any terminal', () => {
    const { world, master, slave } = pair();
    expect(world.startAs(world.table, 3, 'ioctl', slave, F.TIOCSCTTY, 0).go()).toBe(0);
    world.write(master, '\x03');
    expect(world.signals).toEqual([['group 3', SIGINT]]);
    const size = world.put(Uint8Array.of(30, 0, 100, 0, 0, 0, 0, 0));
    expect(world.call('ioctl', master, F.TIOCSWINSZ, size)).toBe(0);
    expect(world.signals.at(-1)).toEqual(['group 3', SIGWINCH]);
    world.call('close', master);
    expect(world.signals).toContainEqual(['pid 3', SIGHUP]);
  });
});

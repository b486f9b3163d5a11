import { describe, expect, it } from 'vitest';
import { EAGAIN, EBADF, EFAULT, EINVAL, EIO, ENOTTY, ENXIO, EPERM, ESRCH } from '../../../src/abi/errno.ts';
import * as F from '../../../src/abi/flags.ts';
import { SIGCONT, SIGHUP, SIGINT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH } from '../../../src/abi/signals.ts';
import { ERESTARTSYS } from '../../../src/kernel/call.ts';
import { TERMINAL } from '../../../src/kernel/files/boot.ts';
import { bytes, FakeStream, World } from '../files/fake.ts';

/** A world on a terminal: session 1 with pid 1 (group 1) in the foreground and pid 2 (group 2) in the background. */
function onTerminal(): World {
  const stream = new FakeStream('terminal');
  const world = new World({ streams: [stream, stream, stream] });
  world.groups = { 1: 1, 2: 2 };
  world.sessions = { 1: 1, 2: 1 };
  return world;
}

const as = (world: World, pid: number, name: string, ...args: (number | string)[]) =>
  world.startAs(world.table, pid, name, ...args).go();

const settings = (world: World) => {
  const address = world.room(60);
  expect(world.call('ioctl', 0, F.TCGETS, address)).toBe(0);
  return address;
};

describe('a terminal as a file', () => {
  it('is what all three descriptors lead to', () => {
    const world = onTerminal();
    const room = world.room(32);
    expect(world.text(room, world.call('readlink', '/proc/self/fd/1', room, 32))).toBe('/dev/pts/0');
    expect(world.write(1, 'a\n')).toBe(2);
    expect(world.streams[0].output).toBe('a\r\n');
    expect(world.call('lseek', 0, 0, 0)).toBeLessThan(0);
  });

  it('gives a reader a line, and makes him wait before', () => {
    const world = onTerminal();
    const room = world.room(100);
    const read = world.start('read', 0, room, 100);
    expect(read.go()).toBeUndefined();
    world.service.input(bytes('hel'));
    expect(read.go()).toBeUndefined();
    world.service.input(bytes('p\blo\r'));
    expect(read.go()).toBe(8);
    expect(world.text(room, 8)).toBe('help\blo\n');
    const again = world.start('read', 0, room, 100);
    expect(again.go()).toBeUndefined();
    expect(again.go('signal')).toBe(-ERESTARTSYS);
  });

  it('is at its end after ^D and after the line is gone', () => {
    const world = onTerminal();
    world.service.input(bytes('\x04'));
    expect(world.read(0)).toBe('');
    world.service.input(new Uint8Array(0));
    expect(world.signals).toEqual([
      ['pid 1', SIGHUP],
      ['pid 1', SIGCONT],
      ['group 1', SIGHUP],
      ['group 1', SIGCONT],
    ]);
    expect(world.read(0)).toBe('');
    expect(world.write(1, 'x')).toBe(-EIO);
  });

  it('waits for the bytes and the time that VMIN and VTIME ask for', () => {
    const world = onTerminal();
    const raw = settings(world);
    world.memory.store32(raw + 12, 0);
    world.memory.store8(raw + 17 + F.VMIN, 3);
    world.memory.store8(raw + 17 + F.VTIME, 5);
    expect(world.call('ioctl', 0, F.TCSETS, raw)).toBe(0);
    const room = world.room(10);
    const read = world.start('read', 0, room, 10);
    expect(read.go()).toBeUndefined();
    world.time = 1e9;
    world.service.input(bytes('a'));
    expect(read.go()).toBeUndefined();
    expect(read.sleep?.until).toBe(1.5e9);
    world.time = 1.5e9;
    expect(read.go('timeout')).toBe(1);
    world.service.input(bytes('bcd'));
    expect(world.read(0, 10)).toBe('bcd');
  });

  it('polls as it reads', () => {
    const world = onTerminal();
    const fds = world.put(Uint8Array.of(0, 0, 0, 0, F.POLLIN, 0, 0, 0));
    expect(world.call('poll', fds, 1, 0)).toBe(0);
    const poll = world.start('poll', fds, 1, -1);
    expect(poll.go()).toBeUndefined();
    world.service.input(bytes('x'));
    expect(poll.go()).toBeUndefined();
    world.service.input(bytes('\n'));
    expect(poll.go()).toBe(1);
    expect(world.memory.load16(fds + 6)).toBe(F.POLLIN);
  });

  it('holds output back between ^S and ^Q', () => {
    const world = onTerminal();
    world.service.input(bytes('\x13'));
    const write = world.start('write', 1, world.put('out'), 3);
    expect(write.go()).toBeUndefined();
    expect(world.streams[0].output).toBe('');
    world.service.input(bytes('\x11'));
    expect(write.go()).toBe(3);
    expect(world.streams[0].output).toBe('out');
  });
});

describe('jobs on a terminal', () => {
  it('sends signal characters to the foreground group', () => {
    const world = onTerminal();
    for (const typed of ['lost', '\x03', '\x1a']) world.service.input(bytes(typed));
    expect(world.signals).toEqual([
      ['group 1', SIGINT],
      ['group 1', SIGTSTP],
    ]);
    expect(world.streams[0].output).toBe('lost^C^Z');
    world.service.input(bytes('kept\r'));
    expect(world.read(0)).toBe('kept\n');
  });

  it('stops background readers', () => {
    const world = onTerminal();
    const room = world.room(10);
    expect(as(world, 2, 'read', 0, room, 10)).toBe(-ERESTARTSYS);
    expect(world.signals).toEqual([['group 2', SIGTTIN]]);
    world.blocked.add(SIGTTIN);
    expect(as(world, 2, 'read', 0, room, 10)).toBe(-EIO);
    world.blocked.clear();
    world.isOrphaned = true;
    expect(as(world, 2, 'read', 0, room, 10)).toBe(-EIO);
  });

  it('stops background writers only where TOSTOP asks for it', () => {
    const world = onTerminal();
    expect(as(world, 2, 'write', 1, world.put('x'), 1)).toBe(1);
    const address = settings(world);
    world.memory.store32(address + 12, world.memory.load32(address + 12) | F.TOSTOP);
    expect(world.call('ioctl', 0, F.TCSETS, address)).toBe(0);
    expect(as(world, 2, 'write', 1, world.put('x'), 1)).toBe(-ERESTARTSYS);
    expect(world.signals).toEqual([['group 2', SIGTTOU]]);
    world.blocked.add(SIGTTOU);
    expect(as(world, 2, 'write', 1, world.put('x'), 1)).toBe(1);
  });

  it('moves the foreground as the shell says', () => {
    const world = onTerminal();
    const word = world.room(4);
    const set = (pid: number, group: number) => {
      world.memory.store32(word, group);
      return as(world, pid, 'ioctl', 0, F.TIOCSPGRP, word);
    };
    expect(set(1, 2)).toBe(0);
    expect(world.call('ioctl', 0, F.TIOCGPGRP, word)).toBe(0);
    expect(world.memory.load32(word)).toBe(2);
    // Group 1 is in the background now: it may not take the terminal back while it can be stopped.
    expect(set(1, 1)).toBe(-ERESTARTSYS);
    world.blocked.add(SIGTTOU);
    expect(set(1, 77)).toBe(-ESRCH);
    expect(set(1, -1)).toBe(-EINVAL);
    world.sessions[3] = 3;
    world.groups[3] = 3;
    expect(set(1, 3)).toBe(-EPERM);
    expect(set(3, 3)).toBe(-ENOTTY);
    expect(set(1, 1)).toBe(0);
    expect(world.call('ioctl', 0, F.TIOCSPGRP, 4)).toBe(-EFAULT);
  });

  it('gives a new session a terminal only when it is free', () => {
    const world = onTerminal();
    world.sessions[3] = 3;
    world.groups[3] = 3;
    expect(as(world, 3, 'open', '/dev/tty', F.O_RDWR)).toBe(-ENXIO);
    world.credentials = { ...world.credentials, uid: 1000 };
    expect(as(world, 3, 'ioctl', 0, F.TIOCSCTTY, 1)).toBe(-EPERM);
    expect(as(world, 2, 'ioctl', 0, F.TIOCSCTTY, 0)).toBe(-EPERM);
    world.service.sessionEnded(1, TERMINAL);
    expect(world.signals).toEqual([
      ['group 1', SIGHUP],
      ['group 1', SIGCONT],
    ]);
    expect(as(world, 3, 'ioctl', 0, F.TIOCSCTTY, 0)).toBe(0);
    const fd = as(world, 3, 'open', '/dev/tty', F.O_RDWR) as number;
    expect(fd).toBeGreaterThan(2);
    expect(as(world, 3, 'write', fd, world.put('mine'), 4)).toBe(4);
  });

  it('tells the foreground of a new size', () => {
    const world = onTerminal();
    world.service.resize(24, 80);
    expect(world.signals).toEqual([]);
    world.service.resize(50, 132);
    expect(world.signals).toEqual([['group 1', SIGWINCH]]);
    const size = world.room(8);
    expect(world.call('ioctl', 0, F.TIOCGWINSZ, size)).toBe(0);
    expect([world.memory.load16(size), world.memory.load16(size + 2)]).toEqual([50, 132]);
  });

  it('refuses faked input and unknown requests', () => {
    const world = onTerminal();
    expect(world.call('ioctl', 0, F.TIOCSTI, world.put('x'))).toBe(-EIO);
    expect(world.call('ioctl', 0, 0x12345, 0)).toBe(-ENOTTY);
    expect(world.call('ioctl', 9, F.TCGETS, 0)).toBe(-EBADF);
    world.call('fcntl64', 0, F.F_SETFL, F.O_NONBLOCK);
    expect(world.read(0)).toBe(-EAGAIN);
  });
});

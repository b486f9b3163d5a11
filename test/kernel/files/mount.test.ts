import { describe, expect, it } from 'vitest';
import { EBUSY, EINVAL, ENODEV, ENOENT, ENOSPC, EPERM, EROFS } from '../../../src/abi/errno.ts';
import * as F from '../../../src/abi/flags.ts';
import { World } from './fake.ts';

const tree = { mnt: { under: 'hidden' }, src: { f: 'bound' }, dst: {} };
const mount = (world: World, source: string, target: string, type: string, flags = 0, options = '') =>
  world.call('mount', source, target, type, flags, options);

describe('mounting', () => {
  it('puts a tmpfs over a directory and takes it away again', () => {
    const world = new World({ tree });
    expect(mount(world, 'none', '/mnt', 'tmpfs', 0, 'size=8k,mode=755')).toBe(0);
    expect(world.contents('/mnt/under')).toBe(-ENOENT);
    const fd = world.open('/mnt/new', F.O_CREAT | F.O_RDWR);
    expect(world.write(fd, 'x'.repeat(8192))).toBe(8192);
    expect(world.write(fd, 'x')).toBe(-ENOSPC);
    expect(world.contents('/proc/mounts')).toContain('none /mnt tmpfs rw,relatime 0 0\n');
    expect(world.call('umount', '/mnt')).toBe(-EBUSY);
    expect(world.call('rmdir', '/mnt')).toBe(-EBUSY);
    world.call('close', fd);
    expect(world.call('umount', '/mnt')).toBe(0);
    expect(world.contents('/mnt/under')).toBe('hidden');
    expect(world.call('umount', '/mnt')).toBe(-EINVAL);
  });

  it('binds a directory to another place, with its own flags', () => {
    const world = new World({ tree });
    expect(mount(world, '/src', '/dst', '', F.MS_BIND)).toBe(0);
    expect(world.contents('/dst/f')).toBe('bound');
    world.call('chdir', '/dst');
    const room = world.room(64);
    expect(world.text(room, world.call('getcwd', room, 64) - 1)).toBe('/dst');
    expect(world.contents('../src/f')).toBe('bound');
    expect(mount(world, '', '/dst', '', F.MS_BIND | F.MS_REMOUNT | F.MS_RDONLY)).toBe(0);
    expect(world.open('/dst/f', F.O_RDWR)).toBe(-EROFS);
    expect(world.call('mkdir', '/dst/d', 0o755)).toBe(-EROFS);
    expect(world.open('/src/f', F.O_RDWR)).toBeGreaterThan(0);
    expect(world.call('umount2', '/dst', 2)).toBe(0);
    expect(world.open('/dst/f')).toBe(-ENOENT);
  });

  it('knows what it cannot do, and for whom', () => {
    const world = new World({ tree });
    expect(mount(world, 'x', '/mnt', 'ext9')).toBe(-ENODEV);
    expect(mount(world, 'x', '/nowhere', 'tmpfs')).toBe(-ENOENT);
    expect(mount(world, 'proc', '/mnt', 'proc')).toBe(0);
    expect(world.contents('/mnt/self/comm')).toBe('test\n');
    expect(world.call('umount', '/')).toBe(-EBUSY);
    world.credentials = { ...world.credentials, uid: 1000 };
    expect(mount(world, 'x', '/dst', 'tmpfs')).toBe(-EPERM);
    expect(world.call('umount', '/mnt')).toBe(-EPERM);
  });
});

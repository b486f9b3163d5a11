import { describe, expect, it } from 'vitest';
import { EBADF, ENOENT } from '../../../src/abi/errno.ts';
import { O_CREAT, O_RDWR } from '../../../src/abi/flags.ts';
import { World } from './fake.ts';

describe('first steps', () => {
  const tree = { bin: { sh: 'a shell' }, etc: { passwd: 'root:x:0:0::/:/bin/sh\n', sh: { link: '../bin/sh' } } };

  it('reads a file of the tree below, also through a link', () => {
    const world = new World({ tree });
    expect(world.contents('/etc/passwd')).toBe('root:x:0:0::/:/bin/sh\n');
    expect(world.contents('/etc/sh')).toBe('a shell');
    expect(world.contents('/etc/none')).toBe(-ENOENT);
  });

  it('writes into the layer and leaves the tree below alone', () => {
    const world = new World({ tree });
    const fd = world.open('/etc/passwd', O_RDWR);
    expect(world.write(fd, 'ROOT')).toBe(4);
    expect(world.contents('/etc/passwd')).toBe('ROOT:x:0:0::/:/bin/sh\n');
    const made = world.open('/etc/new', O_RDWR | O_CREAT);
    expect(world.write(made, 'x'.repeat(9000))).toBe(9000);
    expect((world.contents('/etc/new') as string).length).toBe(9000);
    expect(world.tree.nodes.some((node) => node.text.startsWith('ROOT'))).toBe(false);
  });

  it('writes standard output', () => {
    const world = new World({ tree });
    expect(world.write(1, 'hello\n')).toBe(6);
    expect(world.streams[1].output).toBe('hello\n');
    expect(world.call('close', 1)).toBe(0);
    expect(world.write(1, 'hello\n')).toBe(-EBADF);
  });

  it('shows descriptors in /proc', () => {
    const world = new World({ tree });
    const address = world.room(100);
    const length = world.call('readlink', '/proc/self/fd/0', address, 100);
    expect(world.text(address, length)).toBe('/dev/null');
    expect(world.contents('/proc/self/cmdline')).toBe('test\0a b\0');
    expect(world.contents('/proc/1/comm')).toBe('test\n');
  });
});

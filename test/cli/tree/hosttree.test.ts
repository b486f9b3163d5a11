import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EEXIST, ELOOP, ENOENT, ENOTDIR, ENXIO, ESTALE } from '../../../src/abi/errno.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../../src/abi/flags.ts';
import { HostTree } from '../../../src/cli/tree/hosttree.ts';
import type { Kernel, LowerStat, Memory } from '../../../src/kernel/platform.ts';

let top: string;
let inside: string;
let tree: HostTree;
const ram = new Uint8Array(1 << 16);
const memory = {
  write: (address: number, from: Uint8Array, offset: number, length: number) =>
    ram.set(from.subarray(offset, offset + length), address),
  read: (address: number, into: Uint8Array, offset: number, length: number) =>
    into.set(ram.subarray(address, address + length), offset),
} as unknown as Memory;

function now<T>(routine: Kernel<T>): T {
  const step = routine.next();
  if (!step.done) throw new Error('the host tree waited');
  return step.value;
}

function find(...names: string[]): LowerStat {
  let node = tree.root;
  let stat = now(tree.stat(node));
  for (const name of names) {
    stat = now(tree.lookup(node, name));
    if (typeof stat === 'number') throw new Error(`${name}: ${stat}`);
    node = stat.node;
  }
  return stat as LowerStat;
}

function contents(node: number): string | number {
  const count = now(tree.read(node, 0, 0, 4096));
  return count < 0 ? count : Buffer.from(ram.subarray(0, count)).toString();
}

function open(writable: boolean): void {
  tree = new HostTree(inside, writable, () => memory);
}

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'nestlab-tree-'));
  inside = join(top, 'root');
  mkdirSync(join(inside, 'dir', 'deep'), { recursive: true });
  writeFileSync(join(inside, 'dir', 'file'), 'within', { mode: 0o640 });
  mkdirSync(join(top, 'outside'));
  writeFileSync(join(top, 'outside', 'file'), 'SECRET');
  open(false);
});

afterEach(() => {
  tree.close();
  rmSync(top, { recursive: true });
});

describe('reading', () => {
  it('finds files by one name at a time, with their attributes', () => {
    const file = find('dir', 'file');
    expect([file.mode, file.size, file.nlink]).toEqual([S_IFREG | 0o640, 6, 1]);
    expect(contents(file.node)).toBe('within');
    expect(now(tree.lookup(tree.root, 'nothing'))).toBe(-ENOENT);
    expect(now(tree.lookup(file.node, 'x'))).toBe(-ENOTDIR);
  });

  it('lists in the order of bytes, whatever order the host keeps', () => {
    for (const name of ['b', 'a', 'Z', 'ab']) writeFileSync(join(inside, name), '');
    expect(now(tree.list(tree.root))).toEqual([
      { name: 'Z', type: 8 },
      { name: 'a', type: 8 },
      { name: 'ab', type: 8 },
      { name: 'b', type: 8 },
      { name: 'dir', type: 4 },
    ]);
  });

  it('knows two names of one file as one node', () => {
    linkSync(join(inside, 'dir', 'file'), join(inside, 'other'));
    expect(find('other').node).toBe(find('dir', 'file').node);
  });

  it('keeps names that are not UTF-8', () => {
    const name = Buffer.from([0x66, 0xff, 0x6f]);
    writeFileSync(Buffer.concat([Buffer.from(`${inside}/`), name]), 'odd');
    expect(contents(find('f\xffo').node)).toBe('odd');
    expect(now(tree.list(tree.root))).toContainEqual({ name: 'f\xffo', type: 8 });
  });

  it('does not open what would block or is no file', () => {
    expect(now(tree.read(find('dir').node, 0, 0, 10))).toBe(-ENXIO);
  });
});

describe('what lies outside stays outside', () => {
  it('never follows a link, as a file or as a directory', () => {
    symlinkSync('../outside', join(inside, 'way'));
    const link = find('way');
    expect(link.mode & S_IFMT).toBe(S_IFLNK);
    expect(now(tree.readlink(link.node))).toBe('../outside');
    expect(now(tree.lookup(link.node, 'file'))).toBe(-ENOTDIR);
    symlinkSync('../outside/file', join(inside, 'wayfile'));
    expect(now(tree.read(find('wayfile').node, 0, 0, 10))).toBe(-ELOOP);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('a directory that becomes a link between two steps leads nowhere', () => {
    const directory = find('dir');
    renameSync(join(inside, 'dir'), join(inside, 'moved'));
    symlinkSync('../outside', join(inside, 'dir'));
    expect(now(tree.lookup(directory.node, 'file'))).toBe(-ENOTDIR);
  });

  it.skipIf(!existsSync('/proc/self/fd'))(
    'a directory that is open is still itself after its name was taken over',
    () => {
      const file = find('dir', 'file');
      renameSync(join(inside, 'dir'), join(top, 'gone'));
      symlinkSync('../outside', join(inside, 'dir'));
      expect(contents(file.node)).toBe('within');
    },
  );

  it('another file under the old name is not the file that was looked up', () => {
    const file = find('dir', 'file');
    unlinkSync(join(inside, 'dir', 'file'));
    symlinkSync('../../outside/file', join(inside, 'dir', 'file'));
    expect([-ELOOP, -ESTALE]).toContain(now(tree.read(file.node, 0, 0, 10)));
    expect(now(tree.stat(file.node))).toBe(-ESTALE);
  });
});

describe('writing through (--rw)', () => {
  beforeEach(() => {
    tree.close();
    open(true);
  });

  it('creates, writes, truncates, renames and removes', () => {
    const made = now(tree.create(tree.root, 'new', S_IFREG | 0o604)) as LowerStat;
    expect(made.mode).toBe(S_IFREG | 0o604);
    ram.set(Buffer.from('hello'));
    expect(now(tree.write(made.node, 0, 0, 5))).toBe(5);
    expect(now(tree.truncate(made.node, 4))).toBe(0);
    expect(readFileSync(join(inside, 'new'), 'latin1')).toBe('hell');
    expect(now(tree.create(tree.root, 'new', S_IFREG | 0o600))).toBe(-EEXIST);
    expect(now(tree.rename(tree.root, 'new', find('dir').node, 'newer'))).toBe(0);
    expect(contents(made.node)).toBe('hell');
    expect(now(tree.remove(find('dir').node, 'newer', false))).toBe(0);
    expect(existsSync(join(inside, 'dir', 'newer'))).toBe(false);
    expect(contents(made.node)).toBe('hell');
  });

  it('makes directories and links and sets modes and times', () => {
    const made = now(tree.create(tree.root, 'd', S_IFDIR | 0o1777)) as LowerStat;
    expect(made.mode).toBe(S_IFDIR | 0o1777);
    now(tree.create(made.node, 'l', S_IFLNK | 0o777, '../dir/file'));
    expect(now(tree.readlink(find('d', 'l').node))).toBe('../dir/file');
    const file = find('dir', 'file').node;
    expect(now(tree.setattr(file, { mode: 0o600, mtime: 1e18 }))).toBe(0);
    expect(lstatSync(join(inside, 'dir', 'file')).mtimeMs).toBe(1e12);
    expect(now(tree.link(tree.root, 'hard', file))).toBe(0);
    expect(find('hard').nlink).toBe(2);
  });

  it('a removed directory and its successor of the same inode number are two', () => {
    const first = now(tree.create(tree.root, 'x', S_IFDIR | 0o755)) as LowerStat;
    expect(now(tree.remove(tree.root, 'x', true))).toBe(0);
    const second = now(tree.create(tree.root, 'x', S_IFDIR | 0o755)) as LowerStat;
    expect(second.node).not.toBe(first.node);
  });
});

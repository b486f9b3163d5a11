import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ENOENT, ENOTEMPTY } from '../../../src/abi/errno.ts';
import { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } from '../../../src/abi/flags.ts';
import { HostTree } from '../../../src/cli/tree/hosttree.ts';
import { drive, World } from './fake.ts';
import { ANY, type Line, oracleMissing, runInWorld, runNatively } from './oracle.ts';
import { randomScript } from './script.ts';

const root = mkdtempSync(join(tmpdir(), 'nestlab-through-'));
afterAll(() => rmSync(root, { recursive: true }));

function world(): World {
  return new World({ lower: (memory) => new HostTree(root, true, () => memory) });
}

const inside = (path: string) => join(root, path);

describe('a root that is written through (--rw)', () => {
  it('makes, writes, appends, cuts and removes files of the host directory', () => {
    const w = world();
    const fd = w.open('/new', O_RDWR | O_CREAT, 0o640);
    expect(w.write(fd, 'a'.repeat(5000))).toBe(5000);
    expect(readFileSync(inside('new'), 'latin1')).toBe('a'.repeat(5000));
    const more = w.open('/new', O_WRONLY | O_APPEND);
    expect(w.write(more, 'end')).toBe(3);
    expect(readFileSync(inside('new'), 'latin1').slice(-4)).toBe('aend');
    expect(w.call('ftruncate', fd, 2)).toBe(0);
    expect(readFileSync(inside('new'), 'latin1')).toBe('aa');
    expect(w.contents('/new')).toBe('aa');
    expect(w.call('rename', '/new', '/newer')).toBe(0);
    expect(existsSync(inside('new'))).toBe(false);
    expect(w.call('unlink', '/newer')).toBe(0);
    expect(existsSync(inside('newer'))).toBe(false);
    expect(w.call('lseek', fd, 0, 0)).toBe(0);
    expect(w.read(fd)).toBe('aa');
  });

  it('makes directories and links, and does not show its mount points below', () => {
    const w = world();
    expect(w.call('mkdir', '/d', 0o755)).toBe(0);
    expect(w.call('symlink', 'd', '/l')).toBe(0);
    expect(w.call('close', w.open('/l/x', O_CREAT | O_WRONLY))).toBe(0);
    expect(existsSync(inside('d/x'))).toBe(true);
    expect(w.call('rmdir', '/d')).toBe(-ENOTEMPTY);
    expect(w.contents('/proc/self/comm')).toBe('test\n');
    expect(existsSync(inside('proc'))).toBe(false);
  });

  it('sees what others do meanwhile', () => {
    const w = world();
    mkdirSync(inside('shared'));
    writeFileSync(inside('shared/f'), 'one');
    expect(w.contents('/shared/f')).toBe('one');
    writeFileSync(inside('shared/f'), 'two!');
    expect(w.contents('/shared/f')).toBe('two!');
    rmSync(inside('shared/f'));
    expect(w.contents('/shared/f')).toBe(-ENOENT);
  });

  it('brings changes of mapped pages down when the mapping goes', () => {
    const w = world();
    writeFileSync(inside('mapped'), 'before');
    const fd = w.open('/mapped', O_RDWR);
    const file = w.service.fileOf(w.table, fd);
    const frame = drive(w.service.page(file, 0));
    w.memory.write(frame * 4096, new TextEncoder().encode('AFTER'), 0, 5);
    w.service.dirtied(file, 0);
    w.frames.release(frame);
    expect(readFileSync(inside('mapped'), 'latin1')).toBe('before');
    drive(w.service.drop(file));
    expect(readFileSync(inside('mapped'), 'latin1')).toBe('AFTERe');
  });

  it('truncates on open', () => {
    const w = world();
    writeFileSync(inside('t'), 'something');
    expect(w.call('close', w.open('/t', O_WRONLY | O_TRUNC))).toBe(0);
    expect(readFileSync(inside('t'), 'latin1')).toBe('');
  });
});

/** What a tree below cannot do: special files, exchanges. */
const BEYOND = new Set(['mknod', 'renameat2']);

/** A random script of what goes through; stat structures are compared in differential.test.ts. */
function script(seed: number): Line[] {
  return randomScript(seed, 1500).map((line) => (0 in line && !BEYOND.has(line[0]) ? line : ['getcwd', 0, 0]));
}

describe.skipIf(oracleMissing())('a root that is written through, against the real kernel', () => {
  for (let seed = 1; seed <= 4; seed++)
    it(`seed ${seed}`, () => {
      const directory = mkdtempSync(join(tmpdir(), 'nestlab-through-'));
      mkdirSync(join(directory, 'w'));
      const lines = script(seed);
      try {
        const native = runNatively(lines);
        const ours = runInWorld(lines, 0, { lower: (memory) => new HostTree(directory, true, () => memory) });
        const at = lines.findIndex((_, i) => native[i] !== ours[i] && ours[i] !== ANY);
        expect(at < 0 ? [] : [at, lines[at], native[at], ours[at]]).toEqual([]);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
});

/** Links and names that lead out of --root, renames under a running walk, and a host that swaps directories: nothing outside is read. */
import {
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
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostTree } from '../../src/cli/tree/hosttree.ts';
import type { LowerStat } from '../../src/kernel/platform.ts';
import { runToEnd } from '../lab/runner.ts';

const bin = join(import.meta.dirname, '../../programs/bin');
const SECRET = 'SECRET-OUTSIDE';

let base = '';
let root = '';

/** base/secret, base/outside/file and base/root: only the last may be seen. */
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'nestlab-links-'));
  root = join(base, 'root');
  for (const folder of ['outside', 'root', 'root/bin', 'root/dev', 'root/proc', 'root/tmp', 'root/d', 'root/d/e'])
    mkdirSync(join(base, folder));
  writeFileSync(join(base, 'secret'), SECRET);
  writeFileSync(join(base, 'outside/file'), SECRET);
  for (const program of ['sh', 'tools'])
    writeFileSync(join(root, 'bin', program), readFileSync(join(bin, program)), { mode: 0o755 });
  for (const tool of ['cat', 'ls', 'ln', 'mv', 'mkdir', 'rm', 'find', 'head', 'stat', 'readlink', 'cp'])
    symlinkSync('tools', join(root, 'bin', tool));
  writeFileSync(join(root, 'd/e/file'), 'inside\n');
});
afterEach(() => rmSync(base, { recursive: true }));

function run(script: string, writable = false) {
  return runToEnd({ tree: (memory) => new HostTree(root, writable, memory), argv: ['/bin/sh', '-c', script] });
}

const LINKS: Readonly<Record<string, string>> = {
  up: '../secret',
  far: '../../../../../../../../../../../../etc/hostname',
  absolute: '@/secret',
  folder: '../outside',
  folderAbsolute: '@/outside',
  process: '/proc/self/fd/3/../../secret',
  fd: '/proc/self/fd/20',
  chain: 'chain2',
  chain2: 'd/../../secret',
  dots: 'd/e/../../../outside/file',
  slashes: '//..//..//secret',
  self: 'self',
};

test.each([false, true])('links that lead outside, writable %s', (writable) => {
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target.replace('@', base), join(root, name));
  const names = Object.keys(LINKS);
  const { stdout, stderr, end } = run(
    `for l in ${names.join(' ')}; do cat /$l /$l/file; ls -l /$l/; head -c 100 /d/../$l; cp /$l /tmp/copy; cat /tmp/copy; done; ` +
      `cat /../secret ../secret /d/../../secret /proc/self/root/../secret /proc/1/cwd/../secret; cat /d/e/file; cd /d/e/../../..; cat secret; ls ..; find / -name secret`,
    writable,
  );
  expect(end.kind).toBe('ended');
  expect(stdout).toContain('inside\n');
  expect(stdout).not.toContain(SECRET);
  expect(stdout + stderr).not.toContain('outside/file:');
  expect(stdout).not.toContain('/secret\n');
  expect(readFileSync(join(base, 'secret'), 'latin1')).toBe(SECRET);
});

test('links that the program makes lead nowhere else', () => {
  for (const writable of [false, true]) {
    const { stdout } = run(
      `ln -s ../secret /tmp/a; ln -s ${base}/secret /tmp/b; ln -s ../../outside /tmp/c; cat /tmp/a /tmp/b /tmp/c/file; ` +
        `echo x > /tmp/a; echo x > /tmp/b; echo x > /tmp/c/file; mv /tmp/c /tmp/f; echo x > /tmp/f/file; rm /tmp/a /tmp/b /tmp/f`,
      writable,
    );
    expect(stdout).not.toContain(SECRET);
    expect(readFileSync(join(base, 'secret'), 'latin1')).toBe(SECRET);
    expect(readFileSync(join(base, 'outside/file'), 'latin1')).toBe(SECRET);
  }
});

/** What a node of a tree is called after one step; throws where it is an errno. */
function step<T>(routine: Generator<unknown, T, never>): T {
  const { done, value } = routine.next();
  if (!done) throw new Error('a tree of this computer waited');
  return value as T;
}

/** A tree whose memory takes what is read. */
function open(): { tree: HostTree; read(node: number): string | number } {
  const bytes = new Uint8Array(4096);
  const memory = {
    write: (at: number, from: Uint8Array, offset: number, length: number) =>
      bytes.set(from.subarray(offset, offset + length), at),
  };
  const tree = new HostTree(root, false, () => memory as never);
  return {
    tree,
    read: (node) => {
      const count = step(tree.read(node, 0, 0, 4096) as Generator<unknown, number, never>);
      return count < 0 ? count : Buffer.from(bytes.subarray(0, count)).toString();
    },
  };
}

function find(tree: HostTree, ...names: string[]): number {
  let node = tree.root;
  for (const name of names) {
    const found = step(tree.lookup(node, name) as Generator<unknown, LowerStat | number, never>);
    if (typeof found === 'number') return found;
    node = found.node;
  }
  return node;
}

/** Every way in which the host may swap d/e (or its file) for something outside between two steps of a walk. */
const SWAPS: Readonly<Record<string, () => void>> = {
  'a directory becomes a link': () => {
    renameSync(join(root, 'd/e'), join(root, 'd/old'));
    symlinkSync(join(base, 'outside'), join(root, 'd/e'));
  },
  'its parent becomes a link': () => {
    renameSync(join(root, 'd'), join(root, 'old'));
    mkdirSync(join(base, 'outside/e'));
    writeFileSync(join(base, 'outside/e/file'), SECRET);
    symlinkSync(join(base, 'outside'), join(root, 'd'));
  },
  'the file becomes a link': () => {
    unlinkSync(join(root, 'd/e/file'));
    symlinkSync(join(base, 'secret'), join(root, 'd/e/file'));
  },
  'the directory moves outside and a link takes its place': () => {
    renameSync(join(root, 'd/e'), join(base, 'moved'));
    symlinkSync('../../outside', join(root, 'd/e'));
  },
  'the root itself is replaced': () => {
    renameSync(root, join(base, 'oldroot'));
    symlinkSync(join(base, 'outside'), root);
    mkdirSync(join(base, 'outside/d'));
    mkdirSync(join(base, 'outside/d/e'));
    writeFileSync(join(base, 'outside/d/e/file'), SECRET);
  },
};

test.each(Object.entries(SWAPS))('%s, at each step of a walk', (_, swap) => {
  const whole = ['d', 'e', 'file'];
  const { tree, read } = open();
  const opened = [open(), open(), open(), open()];
  const nodes = opened.map((each, steps) => find(each.tree, ...whole.slice(0, steps)));
  // One has read the file before, and has it open.
  expect(opened[3].read(nodes[3])).toBe('inside\n');
  const walked = find(tree, ...whole);
  swap();
  const results: (string | number)[] = [read(walked), opened[3].read(nodes[3])];
  for (let steps = 0; steps < 3; steps++) {
    let node = nodes[steps];
    for (const name of whole.slice(steps)) {
      if (node < 0) break;
      const found = step(opened[steps].tree.lookup(node, name) as Generator<unknown, LowerStat | number, never>);
      node = typeof found === 'number' ? found : found.node;
    }
    if (node >= 0) results.push(opened[steps].read(node));
  }
  for (const result of results) expect(String(result)).not.toContain(SECRET);
});

test('what is not one name is refused loudly', () => {
  const { tree } = open();
  for (const name of ['..', '.', '', '../secret', 'd/../../secret', `${base}/secret`, '/etc/hostname'])
    expect(() => find(tree, name)).toThrow('is not one name');
});

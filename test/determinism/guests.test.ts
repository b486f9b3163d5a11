/** Guest kernels are functions of their inputs too: twice the same trace, in whatever pieces the machine goes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedTree, programsFolder } from '../../src/cli/tree/embedded.ts';
import { HostTree } from '../../src/cli/tree/hosttree.ts';
import type { LowerTree, Memory } from '../../src/kernel/platform.ts';
import { canCompare, compile } from '../kernel/compare.ts';
import { type Drive, heated, type Picture, runInside, sliced } from './inside.ts';

type Tree = (memory: () => Memory) => LowerTree;

/** The outermost first. */
const NESTS = [
  ['sysemu', 'sysemu'],
  ['skas', 'sysemu'],
  ['tt', 'sysemu'],
  ['sysemu', 'umlinux'],
  ['ktrace+segments', 'ktrace'],
  ['gate', 'ktrace+pagetables'],
] as const;
const DRIVES: readonly (readonly [string, Drive | undefined])[] = [
  ['a second time', undefined],
  ['in pieces of 1009 instructions', sliced(1009)],
  ['heated', heated],
];

/** Each nest is driven in one other way, the first in all of them. */
function sameEachTime(tree: Tree, argv: readonly string[], towers: readonly string[]): Picture {
  const first = runInside(tree, argv, undefined, towers);
  expect(first.end).toEqual({ kind: 'ended', status: 0 });
  const nest = NESTS.findIndex((each) => each.join() === towers.join());
  for (const [name, drive] of nest === 0 ? DRIVES : [DRIVES[(nest + 1) % DRIVES.length]])
    expect({ name, ...runInside(tree, argv, drive, towers) }).toEqual({ name, ...first });
  return first;
}

const embedded: Tree = (memory) => new EmbeddedTree(programsFolder(), memory);

it.each(NESTS)('ten million instructions in %s in %s', { timeout: 200_000 }, (...towers) => {
  const { retired, hash } = sameEachTime(embedded, ['/bin/probe-cpu', '500000'], towers);
  expect(retired).toBeGreaterThan(10_000_000);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
});

it.each(NESTS)('processes, pipes, signals and time in %s in %s', { timeout: 200_000 }, (...towers) => {
  const script = 'for i in 3 1 2; do (sleep 0.0$i; echo $i) & done; wait; seq 40 | sort -r | head -n 2; date +%s';
  expect(sameEachTime(embedded, ['/bin/sh', '-c', script], towers).output).toContain('9\n8\n');
});

describe.skipIf(!canCompare())('threads and timers', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'nestlab-busy-'));
    mkdirSync(join(root, 'tmp'));
    writeFileSync(join(root, 'busy'), compile(import.meta.dirname, 'busy'), { mode: 0o755 });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const nests = [[], ['sysemu'], ['skas', 'sysemu'], ['tt', 'sysemu']];
  it.each(nests.map((towers) => [towers.join(' in ') || 'no guest kernel', towers] as const))(
    '%s',
    {
      timeout: 200_000,
    },
    (_, towers) => {
      const { output } = sameEachTime((memory) => new HostTree(root, false, memory), ['/busy'], towers);
      expect(output).toMatch(/^0: [\s\S]*child at \d+\.\d+, ticks: [1-9]/);
    },
  );
});

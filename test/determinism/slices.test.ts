/** How the machine is driven makes no difference: in what pieces, by which of the interpreter's ways. */
import { describe, expect, it } from 'vitest';
import { EmbeddedTree, programsFolder } from '../../src/cli/tree/embedded.ts';
import { HostTree } from '../../src/cli/tree/hosttree.ts';
import type { LowerTree, Memory } from '../../src/kernel/platform.ts';
import { type Drive, general, heated, runInside, sliced } from './inside.ts';
import { PROGRAMS, ROOT, whyNoRoot } from './programs.ts';

const DRIVES: readonly (readonly [string, Drive])[] = [
  ['general semantics only', general],
  ['pieces of 211 instructions', sliced(211)],
  ['heated', heated],
];

type Tree = (memory: () => Memory) => LowerTree;

function sameHoweverDriven(tree: Tree, argv: readonly string[], drives = DRIVES): void {
  const plain = runInside(tree, argv);
  expect(plain.end).toEqual({ kind: 'ended', status: 0 });
  expect(plain.output).not.toBe('');
  for (const [name, drive] of drives) expect({ name, ...runInside(tree, argv, drive) }).toEqual({ name, ...plain });
}

const embedded: Tree = (memory) => new EmbeddedTree(programsFolder(), memory);
const LINES: readonly (readonly string[])[] = [
  ['/bin/probe-pipe', '40'],
  ['/bin/probe-signal', '40'],
  ['/bin/probe-switch', '40'],
  ['/bin/probe-fault', '200'],
  ['/bin/sh', '-c', 'for i in 5 3 1; do (sleep 0.0$i; echo $i) & done; wait; seq 60 | sort -r | head -n 2; date +%s'],
  [
    '/bin/sh',
    '-c',
    '(sleep 0.01; kill -USR1 $$) & trap "echo usr1" USR1; i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; wait; echo $i',
  ],
];

it.each(LINES.map((line) => [line.join(' ').slice(0, 80), line] as const))('%s', { timeout: 60_000 }, (_, line) => {
  sameHoweverDriven(embedded, line);
});

const missing = whyNoRoot();
/** All of them where nothing may be skipped; each is driven in one other way, to keep this short. */
const programs = Object.entries(PROGRAMS).filter((_, n) => n === 2 || process.env.NESTLAB_REQUIRE_BINARIES === '1');

describe.skipIf(missing)(`Debian's programs${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it.each(programs.map(([name, text], n) => [name, text, n % DRIVES.length] as const))(
    '%s',
    { timeout: 200_000 },
    (_, text, n) => {
      const tree: Tree = (memory) => new HostTree(ROOT, false, memory);
      sameHoweverDriven(tree, ['/bin/sh', '-c', text], [DRIVES[n]]);
    },
  );
});

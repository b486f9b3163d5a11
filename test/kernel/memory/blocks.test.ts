/** Files in memory that are mapped by blocks of 4 MiB: to programs they look like those of the real kernel, page by page. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/abi/events.ts';
import { Run } from '../../../src/host/boot.ts';
import { violationText } from '../../../src/kernel/audit/books.ts';
import { Frames } from '../../../src/kernel/memory/frames.ts';
import { PRIMITIVES } from '../../../src/lab/registry.ts';
import { MODELS, type Model } from '../../../src/machine/model.ts';
import { canCompare, compile } from '../compare.ts';
import { quiet } from '../quiet.ts';
import { MemoryTree } from '../tree.ts';

const PATIENCE = 120_000;
const MEMORY = 64 << 20;

function ours(
  program: Uint8Array,
  argv: readonly string[],
  { memory = MEMORY, model = MODELS.pentium2 as Model } = {},
) {
  let output = '';
  const tree = new MemoryTree(() => run.machine.memory);
  tree.file('/tmp/blocks', program, 0o755);
  const run: Run = new Run(
    { program: './blocks', argv: ['./blocks', ...argv], envp: [], cwd: '/tmp', primitives: PRIMITIVES },
    {
      memory,
      model,
      outside: {
        tree,
        ...quiet((text) => {
          output += text;
        }),
        warn: (line) => expect(line).toBe(''),
      },
    },
  );
  let audits = 0;
  for (;;) {
    const step = run.advance();
    if ('wait' in step) {
      if (step.wait.why === 'idle') run.host.passed(step.wait.until);
      audits++;
      expect(run.audit().map(violationText)).toEqual([]);
    }
    if ('wait' in step) continue;
    expect(run.audit().map(violationText)).toEqual([]);
    expect(step.end).toEqual({ kind: 'ended', status: 0 });
    return { output, audits, mapped: run.machine.ledger.counts[EVENTS.mapOperation], free: run.host.frames.free };
  }
}

function natively(program: Uint8Array, argv: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-blocks-'));
  try {
    writeFileSync(join(folder, 'blocks'), program, { mode: 0o755 });
    const ran = spawnSync('./blocks', argv, { cwd: folder, env: {}, encoding: 'latin1', timeout: 60_000 });
    expect(ran.status).toBe(0);
    return ran.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!canCompare())('large pages (needs gcc -m32 -static)', () => {
  const program = () => compile(import.meta.dirname, 'blocks');

  it.each([
    ['with room for blocks', ['1', '4', '60'], 128 << 20],
    ['where blocks are scarce', ['7', '9', '60'], MEMORY],
  ])('behave as the real kernel does, %s, and the books are right', { timeout: PATIENCE }, (_, argv, memory) => {
    const { output, audits } = ours(program(), argv, { memory });
    expect(output).toBe(natively(program(), argv));
    expect(audits).toBeGreaterThan(5);
  });

  it.each([
    ['unmap', 4],
    ['protect', 4],
  ])('8 MiB: %s and back are %i changes of the page directory', { timeout: PATIENCE }, (how, changes) => {
    const counts = (n: number) => ours(program(), [how, `${n}`]).mapped;
    const start = counts(10);
    expect((counts(30) - start) / 20).toBe(changes);
  });
});

describe('frames by blocks', () => {
  const cleared: number[] = [];
  const block = (frames: Frames) => frames.allocateBlock((first) => cleared.push(first));

  it('are aligned, and what lies before them is still handed out singly', () => {
    const frames = new Frames(5, 4096);
    expect([block(frames), block(frames), block(frames), block(frames)]).toEqual([1024, 2048, 3072, -1]);
    expect(frames.free).toBe(1019);
    expect(frames.allocate()).toBe(5);
    expect(cleared).toEqual([]);
  });

  it('come back whole, to be cleared before they are used again', () => {
    const frames = new Frames(0, 2048);
    expect([block(frames), block(frames)]).toEqual([0, 1024]);
    frames.holdBlock(1024);
    frames.releaseBlock(1024);
    expect([frames.free, block(frames)]).toEqual([0, -1]);
    frames.releaseBlock(1024);
    expect([frames.free, block(frames), cleared]).toEqual([1024, 1024, [1024]]);
  });

  it('give their frames one by one when there are no others, and are whole again when all are back', () => {
    const frames = new Frames(0, 1024);
    block(frames);
    frames.releaseBlock(0);
    const singles = Array.from({ length: 1024 }, () => frames.allocate());
    expect([new Set(singles).size, frames.allocate(), block(frames)]).toEqual([1024, -1, -1]);
    for (const frame of singles) frames.release(frame);
    expect([frames.free, block(frames)]).toEqual([1024, 0]);
  });

  it('keep what is held singly when the block is given up, also after a split', () => {
    const frames = new Frames(0, 1024);
    block(frames);
    frames.hold(7);
    expect([frames.references(7), frames.references(8)]).toEqual([2, 1]);
    frames.holdBlock(0);
    frames.splitBlock(0);
    expect([frames.references(7), frames.references(8)]).toEqual([3, 2]);
    frames.releaseBlock(0);
    for (let frame = 0; frame < 1024; frame++) frames.release(frame);
    expect([frames.free, frames.references(7), block(frames)]).toEqual([1023, 1, -1]);
    expect(() => frames.release(8)).toThrow('release of free frame 8');
    expect(() => frames.hold(8)).toThrow('hold of free frame 8');
    expect(() => frames.holdBlock(0)).toThrow('which nobody holds');
  });
});

/** Runs programs of the embedded tree under a chain of guest kernels. */
import { join } from 'node:path';
import { EmbeddedTree } from '../../src/cli/tree/embedded.ts';
import { executable } from '../../src/guest/image.ts';
import { Run } from '../../src/host/boot.ts';
import { type Violation, violationText } from '../../src/kernel/audit/books.ts';
import type { Observer } from '../../src/kernel/platform.ts';
import { BootTree } from '../../src/lab/boot-tree.ts';
import { installGuests } from '../../src/lab/native.ts';
import { commandLine } from '../../src/lab/nesting.ts';
import { GUESTS, PRIMITIVES } from '../../src/lab/registry.ts';
import { MODELS } from '../../src/machine/model.ts';
import { quiet } from '../kernel/quiet.ts';

const PROGRAMS = process.env.NESTLAB_PROGRAMS ?? join(import.meta.dirname, '../../programs');

export interface Outcome {
  readonly output: string;
  readonly status: number;
  readonly warnings: readonly string[];
  readonly run: Run;
}

/** Runs ARGV under these towers, the outermost first. */
export function runUnder(
  towers: readonly string[],
  argv: readonly string[],
  memory = 128 << 20,
  observer?: Observer,
): Outcome {
  let output = '';
  const warnings: string[] = [];
  const words = commandLine(towers, memory, argv);
  const run: Run = new Run(
    { program: words[0], argv: words, envp: ['PATH=/bin', 'HOME=/'], cwd: '/', primitives: PRIMITIVES },
    {
      memory,
      model: MODELS.pentium2,
      outside: {
        tree: new BootTree(
          new EmbeddedTree(PROGRAMS, () => run.machine.memory),
          executable(),
          () => run.machine.memory,
        ),
        ...quiet((text) => {
          output += text;
        }),
        warn: (line) => warnings.push(line),
        ...(observer ? { observer } : {}),
      },
    },
  );
  const audited = (depth: number, wrong: readonly Violation[]): void => {
    warnings.push(...wrong.map((violation) => `depth ${depth}: ${violationText(violation)}`));
  };
  installGuests(run.machine, { ...GUESTS, audited }, () => run.host.now());
  for (let turns = 0; turns < 1_000_000; turns++) {
    const step = run.advance();
    if ('wait' in step) {
      if (step.wait.why === 'idle') run.host.passed(step.wait.until);
      continue;
    }
    const { end } = step;
    const status = end.kind === 'ended' ? (end.status & 0x7f ? 128 + (end.status & 0x7f) : end.status >> 8) : -1;
    return { output, status, warnings, run };
  }
  return { output, status: -2, warnings, run };
}

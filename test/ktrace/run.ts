/** Runs one program on the host kernel and keeps the machine, for who counts. */
import { Run } from '../../src/host/boot.ts';
import { PRIMITIVES } from '../../src/lab/registry.ts';
import { MODELS } from '../../src/machine/model.ts';
import { quiet } from '../kernel/quiet.ts';
import { MemoryTree } from '../kernel/tree.ts';

export interface Counted {
  readonly output: string;
  readonly run: Run;
}

/** Runs a program with arguments to its end. */
export function runCounted(program: Uint8Array, args: readonly string[]): Counted {
  let output = '';
  const tree = new MemoryTree(() => run.machine.memory);
  tree.file('/tmp/self', program, 0o755);
  const run: Run = new Run(
    { program: './self', argv: ['./self', ...args], envp: [], cwd: '/tmp', primitives: PRIMITIVES },
    {
      memory: 64 << 20,
      model: MODELS.pentium2,
      outside: {
        tree,
        ...quiet((text) => {
          output += text;
        }),
        warn: (line) => {
          output += `${line}\n`;
        },
      },
    },
  );
  for (let turns = 0; turns < 100_000; turns++) {
    const step = run.advance();
    if ('end' in step) return { output, run };
    if (step.wait.why === 'idle') run.host.passed(step.wait.until);
  }
  throw new Error('the run does not end');
}

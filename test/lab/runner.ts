import { Run } from '../../src/host/boot.ts';
import type { RunEnd } from '../../src/kernel/kernel.ts';
import type { Kernel, LowerTree, Memory, Observer, Stream } from '../../src/kernel/platform.ts';
import { MODELS } from '../../src/machine/model.ts';

/** What came out of a run. */
export interface Outcome {
  readonly end: RunEnd;
  readonly stdout: string;
  readonly stderr: string;
  readonly run: Run;
}

/** A program to run in this process, its standard streams in memory. */
export interface Order {
  readonly tree: (memory: () => Memory) => LowerTree;
  readonly argv: readonly string[];
  readonly env?: readonly string[];
  readonly input?: string;
  readonly cpu?: string;
  readonly observer?: (run: () => Run) => Observer;
}

/** Most turns that a run gets: a test must end. */
const TURNS = 100_000;

function stream(input: string, output: string[]): Stream {
  let left = Buffer.from(input, 'latin1');
  return {
    kind: 'file',
    size: [24, 80],
    *read(length: number): Kernel<Uint8Array | null> {
      const part = left.subarray(0, length);
      left = left.subarray(part.length);
      return part;
    },
    *write(bytes: Uint8Array): Kernel<number> {
      output.push(Buffer.from(bytes).toString('latin1'));
      return 0;
    },
  };
}

/** Runs a program to its end without any waiting for the world outside. */
export function runToEnd(order: Order): Outcome {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const observer = order.observer?.(() => run);
  const run: Run = new Run(
    { program: order.argv[0], argv: order.argv, envp: order.env ?? ['PATH=/bin'], cwd: '/' },
    {
      memory: 64 << 20,
      model: MODELS[order.cpu ?? 'pentium2'],
      outside: {
        tree: order.tree(() => run.host.memory),
        streams: [stream(order.input ?? '', []), stream('', stdout), stream('', stderr)],
        bootTime: 1_767_225_600e9,
        seed: 1,
        live: () => false,
        warn: () => {},
        ...(observer ? { observer } : {}),
      },
    },
  );
  for (let turn = 0; turn < TURNS; turn++) {
    const step = run.advance();
    if ('end' in step) return { end: step.end, stdout: stdout.join(''), stderr: stderr.join(''), run };
    if (step.wait.why === 'idle') run.host.passed(step.wait.until);
  }
  throw new Error(`${order.argv.join(' ')}: no end after ${TURNS} turns`);
}

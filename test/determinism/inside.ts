/** A run in this process, in a machine that is driven in one way or another: nothing of it may show. */
import { executable } from '../../src/guest/image.ts';
import { Run } from '../../src/host/boot.ts';
import type { RunEnd } from '../../src/kernel/kernel.ts';
import type { Kernel, LowerTree, Memory, Stream } from '../../src/kernel/platform.ts';
import { BootTree } from '../../src/lab/boot-tree.ts';
import { installGuests } from '../../src/lab/native.ts';
import { commandLine } from '../../src/lab/nesting.ts';
import { GUESTS, PRIMITIVES } from '../../src/lab/registry.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { STOP_BUDGET } from '../../src/machine/stop.ts';

/** Changes how a machine goes about its work before it begins. */
export type Drive = (machine: Machine) => void;

/** Every instruction by its general semantics, none by a form of its own. */
export const general: Drive = (machine) => {
  machine.cpu.forms = false;
};

/** The loop that is worth compiling is there from the beginning, not put in place in the midst of the run. */
export const heated: Drive = (machine) => {
  machine.heat();
};

/** `execute` in pieces of so many instructions. */
export const sliced =
  (size: number): Drive =>
  (machine) => {
    const execute = machine.execute.bind(machine);
    machine.execute = (budget) => {
      for (let left = budget; ; ) {
        const before = machine.cpu.retired;
        const stop = execute(Math.min(left, size));
        left -= machine.cpu.retired - before;
        if (stop !== STOP_BUDGET || left <= 0) return stop;
      }
    };
  };

/** What a run shows: its end, what it printed, every count, and a hash over all events in their order. */
export interface Picture {
  readonly end: RunEnd;
  readonly output: string;
  readonly counts: readonly number[];
  readonly retired: number;
  readonly now: number;
  readonly hash: string;
}

const TURNS = 200_000;

/** Runs a program to its end, under these guest kernels, the outermost first. */
export function runInside(
  tree: (memory: () => Memory) => LowerTree,
  argv: readonly string[],
  drive?: Drive,
  towers: readonly string[] = [],
): Picture {
  const output: string[] = [];
  const memory = 64 << (20 + Math.min(towers.length, 1));
  const words = commandLine(towers, memory, argv);
  const cwd = towers.length > 0 ? '/' : '/tmp';
  const physical = (): Memory => run.host.memory;
  const run: Run = new Run(
    { program: words[0], argv: words, envp: ['PATH=/usr/bin:/bin', 'LC_ALL=C'], cwd, primitives: PRIMITIVES },
    {
      memory,
      model: MODELS.pentium2,
      outside: {
        tree: towers.length > 0 ? new BootTree(tree(physical), executable(), physical) : tree(physical),
        streams: [stream(output), stream(output), stream(output)],
        bootTime: 1_767_225_600e9,
        seed: 1,
        live: () => false,
        warn: () => {},
      },
    },
  );
  if (towers.length > 0) installGuests(run.machine, GUESTS, () => run.host.now());
  drive?.(run.machine);
  // Without the time, which between two stops of the machine is only known to the piece.
  run.machine.ledger.trace(() => 0);
  for (let turn = 0; turn < TURNS; turn++) {
    const step = run.advance();
    if ('end' in step) {
      const { cpu, ledger } = run.machine;
      const counts = ledger.depths.flatMap(({ counts, calls }) => [...counts, ...calls]);
      return {
        end: step.end,
        output: output.join(''),
        counts,
        retired: cpu.retired,
        now: run.host.now(),
        hash: ledger.hash,
      };
    }
    if (step.wait.why === 'idle') run.host.passed(step.wait.until);
  }
  throw new Error(`${argv.join(' ')}: no end after ${TURNS} turns`);
}

function stream(output: string[]): Stream {
  return {
    kind: 'file',
    size: [24, 80],
    *read(): Kernel<Uint8Array | null> {
      return new Uint8Array(0);
    },
    *write(bytes: Uint8Array): Kernel<number> {
      output.push(Buffer.from(bytes).toString('latin1'));
      return 0;
    },
  };
}

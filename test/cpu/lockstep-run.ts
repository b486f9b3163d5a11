/** Runs a program under our kernel with the lockstep hooked in. */
import { EmbeddedTree, programsFolder } from '../../src/cli/tree/embedded.ts';
import { HostTree } from '../../src/cli/tree/hosttree.ts';
import { Run } from '../../src/host/boot.ts';
import type { Kernel, Stream } from '../../src/kernel/platform.ts';
import { MODELS } from '../../src/machine/model.ts';
import { Lockstep } from './lockstep.ts';

const MEMORY = 32 << 20;
/** 2026-01-01, in ns since 1970. */
const BOOT_TIME = 1_767_225_600e9;

/** An empty input, or an output that collects. */
class Collector implements Stream {
  readonly kind = 'pipe';
  readonly size = [24, 80] as const;
  text = '';
  *read(): Kernel<Uint8Array> {
    return new Uint8Array(0);
  }
  *write(bytes: Uint8Array): Kernel<number> {
    this.text += String.fromCharCode(...bytes);
    return 0;
  }
}

/**
 * Runs `argv` of the embedded programs, or of the tree in the directory `root`, to its end; throws where the processors
 * differ. Returns the number of instructions compared, and what the program wrote.
 */
export function runInLockstep(
  argv: readonly string[],
  root?: string,
  model = 'pentium2',
): { steps: number; text: string } {
  const output = new Collector();
  const memory = () => run.host.memory;
  const tree = root === undefined ? new EmbeddedTree(programsFolder(), memory) : new HostTree(root, false, memory);
  const run: Run = new Run(
    { program: argv[0], argv, envp: ['PATH=/bin', 'HOME=/'], cwd: '/' },
    {
      memory: MEMORY,
      model: MODELS[model],
      outside: {
        tree,
        streams: [new Collector(), output, output],
        bootTime: BOOT_TIME,
        seed: 1,
        live: () => false,
        warn: () => {},
      },
    },
  );
  const lockstep = new Lockstep(run.machine);
  try {
    for (;;) {
      const advance = run.advance();
      if (!('end' in advance)) {
        if (advance.wait.why === 'idle') run.host.passed(advance.wait.until);
        continue;
      }
      if (advance.end.kind !== 'ended') throw new Error(`${argv.join(' ')}: ${advance.end.kind}`);
      return { steps: lockstep.steps, text: output.text };
    }
  } finally {
    lockstep.close();
  }
}

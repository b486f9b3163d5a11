/** One run of a program under a chain of guest kernels, for who wants to watch it: no input, output kept, no clock. */
import { executable } from '../guest/image.ts';
import { Run } from '../host/boot.ts';
import type { RunEnd } from '../kernel/kernel.ts';
import type { LowerTree, Memory, Observer } from '../kernel/platform.ts';
import { MODELS } from '../machine/model.ts';
import { BootTree } from './boot-tree.ts';
import { installGuests } from './native.ts';
import { commandLine } from './nesting.ts';
import { GUESTS, PRIMITIVES } from './registry.ts';

/** What to run. */
export interface TrialSettings {
  /** Makes the file tree of the run; what it reads goes to `memory()`. */
  readonly tree: (memory: () => Memory) => LowerTree;
  /** Towers, the outermost first; none is the host kernel itself. */
  readonly towers: readonly string[];
  readonly argv: readonly string[];
  /** Bytes of the machine's memory. */
  readonly memory: number;
  readonly observer?: Observer;
  /** Called when all is ready and nothing has run. */
  readonly prepare?: (run: Run) => void;
}

/** What came of it. */
export interface Trial {
  readonly run: Run;
  /** Standard output and error, as a byte string. */
  readonly output: string;
  /** As a shell reports it: the exit code, 128 + signal; -1 when nothing could go on. */
  readonly status: number;
}

/** 2000-01-01, ns since 1970. */
const BOOT_TIME = 946_684_800e9;
/**
 * The processor of a trial is so fast that no task's turn ends while an operation is observed: what the timer does is a
 * cost of time, not of the operation.
 */
const MODEL = { ...MODELS.pentium2, megahertz: 1e6 };
/** More turns than any trial takes. */
const TURNS = 10_000_000;

/** Runs a program to its end. */
export function trial(settings: TrialSettings): Trial {
  const { towers, memory, observer } = settings;
  let output = '';
  const sink = {
    kind: 'pipe' as const,
    size: [24, 80] as const,
    *read() {
      return new Uint8Array(0);
    },
    *write(bytes: Uint8Array) {
      for (const byte of bytes) output += String.fromCharCode(byte);
      return 0;
    },
  };
  const physical = (): Memory => run.machine.memory;
  const tree = settings.tree(physical);
  const words = commandLine(towers, memory, settings.argv);
  const run: Run = new Run(
    { program: words[0], argv: words, envp: ['PATH=/bin', 'HOME=/'], cwd: '/', primitives: PRIMITIVES },
    {
      memory,
      model: MODEL,
      outside: {
        tree: towers.length === 0 ? tree : new BootTree(tree, executable(), physical),
        streams: [{ ...sink, kind: 'null' }, sink, sink],
        bootTime: BOOT_TIME,
        seed: 1,
        live: () => false,
        warn: (line) => {
          output += `${line}\n`;
        },
        ...(observer ? { observer } : {}),
      },
    },
  );
  if (towers.length > 0) installGuests(run.machine, GUESTS, () => run.host.now());
  settings.prepare?.(run);
  for (let turns = 0; turns < TURNS; turns++) {
    const step = run.advance();
    if ('wait' in step) {
      if (step.wait.why === 'idle') run.host.passed(step.wait.until);
      continue;
    }
    return { run, output, status: statusOf(step.end) };
  }
  return { run, output, status: -1 };
}

function statusOf(end: RunEnd): number {
  if (end.kind === 'refused') return 127;
  if (end.kind === 'deadlock') return -1;
  const signal = end.status & 0x7f;
  return signal === 0 ? (end.status >>> 8) & 0xff : 128 + signal;
}

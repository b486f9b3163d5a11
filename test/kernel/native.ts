/** Runs small i386 programs on the real kernel and on ours: the same binary, the same empty directory, both outputs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../../src/guest/image.ts';
import { Run } from '../../src/host/boot.ts';
import { type Violation, violationText } from '../../src/kernel/audit/books.ts';
import { BootTree } from '../../src/lab/boot-tree.ts';
import { installGuests } from '../../src/lab/native.ts';
import { commandLine } from '../../src/lab/nesting.ts';
import { GUESTS, PRIMITIVES } from '../../src/lab/registry.ts';
import { MODELS } from '../../src/machine/model.ts';
import { compile } from './compare.ts';
import { quiet } from './quiet.ts';
import { MemoryTree } from './tree.ts';

const HERE = import.meta.dirname;
const LIBRARY = join(HERE, '../../programs/lib');
const FLAGS =
  '-m32 -march=i486 -mpreferred-stack-boundary=2 -O1 -std=gnu11 -ffreestanding -w -fno-pie -fcf-protection=none -fno-stack-protector';
const LINK = '-m32 -static -nostdlib -no-pie -Wl,--build-id=none -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro';

/** What a run printed and how it ended: exit status, 128 + signal. */
export interface Outcome {
  readonly output: string;
  readonly status: number;
}

/** Whether this machine can build and run i386 programs. */
export function canRunNatively(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-probe-'));
  try {
    const file = join(folder, 'probe');
    const source = 'void _start(void) { __asm__("movl $1, %eax; movl $0, %ebx; int $0x80"); }';
    const built = spawnSync('gcc', ['-m32', '-static', '-nostdlib', '-x', 'c', '-', '-o', file], { input: source });
    return built.status === 0 && spawnSync(file).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Builds test/kernel/native/NAME.c; the ELF file's bytes. */
export function build(name: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-build-'));
  try {
    const file = join(folder, name);
    const library = readdirSync(LIBRARY)
      .filter((entry) => /\.[cS]$/.test(entry))
      .map((entry) => join(LIBRARY, entry));
    const script = `-Wl,-T,${join(LIBRARY, '../link.ld')}`;
    const source = join(HERE, 'native', `${name}.c`);
    const words = [...FLAGS.split(' '), `-I${LIBRARY}`, '-ffunction-sections', ...LINK.split(' '), script];
    const built = spawnSync('gcc', [...words, source, ...library, '-o', file], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`gcc ${name}.c: ${built.stderr}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs the program as `self` in an empty directory of the real kernel, in a session of its own (session.c): its process
 * group is not orphaned, however these tests have been started.
 */
export function runNatively(program: Uint8Array, environment: Readonly<Record<string, string>> = {}): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-native-'));
  try {
    const file = join(folder, 'self');
    writeFileSync(file, program, { mode: 0o755 });
    const session = join(folder, '.session');
    writeFileSync(session, compile(HERE, 'session'), { mode: 0o755 });
    const ran = spawnSync(session, ['./self'], {
      cwd: folder,
      env: environment,
      encoding: 'latin1',
      timeout: 30_000,
      input: '',
    });
    return { output: ran.stdout + ran.stderr, status: ran.status ?? 128 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How a run on our host kernel went. */
export interface OurOutcome extends Outcome {
  readonly warnings: readonly string[];
  /** The run did not end within its turns (a turn: until the world outside is needed). */
  readonly unfinished: boolean;
  /** Frames in use at the end that not even the page cache holds. */
  readonly frames: number;
}

/** Runs the program as `self` in /tmp on our host kernel, or under guest kernels: `towers`, the outermost first. */
export function runOurs(
  program: Uint8Array,
  options: { memory?: number; argv?: readonly string[]; turns?: number; towers?: readonly string[] } = {},
): OurOutcome {
  const warnings: string[] = [];
  const memory = options.memory ?? 64 << 20;
  const argv = options.argv ?? ['./self'];
  const words = options.towers?.length ? commandLine(options.towers, memory, argv) : argv;
  let output = '';
  const tree = new MemoryTree(() => run.machine.memory);
  tree.file('/tmp/self', program, 0o755);
  const run: Run = new Run(
    {
      program: options.towers?.length ? words[0] : './self',
      argv: words,
      envp: [],
      cwd: '/tmp',
      primitives: PRIMITIVES,
    },
    {
      memory,
      model: MODELS.pentium2,
      outside: {
        tree: new BootTree(tree, executable(), () => run.machine.memory),
        ...quiet((text) => {
          output += text;
        }),
        warn: (line) => warnings.push(line),
      },
    },
  );
  const audited = (depth: number, wrong: readonly Violation[]): void => {
    warnings.push(...wrong.map((violation) => `depth ${depth}: ${violationText(violation)}`));
  };
  installGuests(run.machine, { ...GUESTS, audited }, () => run.host.now());
  const report = (status: number, unfinished: boolean): OurOutcome => {
    let { free } = run.host.frames;
    while (run.host.frames.reclaim() > 0) free = run.host.frames.free;
    return { output, status, warnings, unfinished, frames: run.host.frames.total - free };
  };
  for (let turns = 0; turns < (options.turns ?? 100_000); turns++) {
    const step = run.advance();
    if ('wait' in step) {
      if (step.wait.why === 'idle') run.host.passed(step.wait.until);
      continue;
    }
    const { end } = step;
    if (end.kind === 'refused') return report(126, false);
    if (end.kind === 'deadlock') return report(125, false);
    const signal = end.status & 0x7f;
    return report(signal ? 128 + signal : (end.status >> 8) & 0xff, false);
  }
  return report(-1, true);
}

/** Runs the hostile programs of this folder under towers, beside a victim with a secret, and checks the host kernel after. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../../src/guest/image.ts';
import { Run } from '../../src/host/boot.ts';
import { violationText } from '../../src/kernel/audit/books.ts';
import { BootTree } from '../../src/lab/boot-tree.ts';
import { installGuests } from '../../src/lab/native.ts';
import { GUESTS, PRIMITIVES } from '../../src/lab/registry.ts';
import { MODELS } from '../../src/machine/model.ts';
import { quiet } from '../kernel/quiet.ts';
import { MemoryTree } from '../kernel/tree.ts';
import { WORDS } from '../robust/build.ts';

const PROGRAM = join(import.meta.dirname, 'program');
const LIBRARY = join(import.meta.dirname, '../../programs/lib');
/** What the victim keeps and /etc/secret says, to root alone. */
export const SECRET = 'nestlab-secret-47114711-host   \n';

/** The ELF file of all attacks; a text that says why it cannot be built. */
export function buildAttacks(): Uint8Array | string {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-attacks-'));
  try {
    const sources = [PROGRAM, LIBRARY].flatMap((from) =>
      readdirSync(from)
        .filter((name) => /\.[cS]$/.test(name))
        .map((name) => join(from, name)),
    );
    // Each file has its own way back from signals.
    const words = [...WORDS, '-Wl,-z,muldefs', `-I${LIBRARY}`, `-Wl,-T,${join(LIBRARY, '../link.ld')}`];
    const built = spawnSync('gcc', [...words, ...sources, '-o', join(folder, 'attack')], { encoding: 'utf8' });
    if (built.error) return 'no gcc';
    if (built.status !== 0) return `gcc -m32: ${built.stderr.slice(0, 1000)}`;
    return readFileSync(join(folder, 'attack'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How a run went, seen from outside the machine. */
export interface Outcome {
  readonly output: string;
  /** As a shell gives it; -1: it does not end. */
  readonly status: number;
  readonly warnings: readonly string[];
  /** What the host kernel's own audit finds wrong. */
  readonly violations: readonly string[];
}

/** Most turns of a run; an endless one is cut. */
const TURNS = 3_000_000;

/** Runs words on the host kernel; `files` are executable. `each` is called now and then, for those who intervene. */
export function execute(
  words: readonly string[],
  files: Readonly<Record<string, Uint8Array>>,
  options: { memory?: number; turns?: number; each?: (run: Run, turn: number, output: string) => void } = {},
): Outcome {
  let output = '';
  const warnings: string[] = [];
  const memory = () => run.machine.memory;
  const tree = new MemoryTree(memory);
  for (const [path, bytes] of Object.entries(files)) tree.file(path, bytes, 0o755);
  tree.file('/etc/secret', Buffer.from(SECRET), 0o600);
  const run: Run = new Run(
    { program: words[0], argv: words, envp: ['PATH=/bin', 'HOME=/'], cwd: '/', primitives: PRIMITIVES },
    {
      memory: options.memory ?? 48 << 20,
      model: MODELS.pentium2,
      outside: {
        tree: new BootTree(tree, executable(), memory),
        ...quiet((text) => {
          output += text;
        }),
        warn: (line) => warnings.push(line),
      },
    },
  );
  installGuests(run.machine, GUESTS, () => run.host.now());
  for (let turn = 0; turn < (options.turns ?? TURNS); turn++) {
    const step = run.advance();
    if ('wait' in step) {
      if (step.wait.why === 'idle') run.host.passed(step.wait.until);
      options.each?.(run, turn, output);
      continue;
    }
    const { end } = step;
    const signal = end.kind === 'ended' ? end.status & 0x7f : 0;
    const status = end.kind !== 'ended' ? -1 : signal ? 128 + signal : (end.status >> 8) & 0xff;
    return { output, status, warnings, violations: run.audit().map(violationText) };
  }
  return { output, status: -1, warnings, violations: [] };
}

/** The command line of a guest kernel that runs ARGV. */
export function guest(tower: string, argv: readonly string[], memory = '24M'): string[] {
  return ['/boot/nestlab', `mem=${memory}`, `tower=${tower}`, '--', ...argv];
}

/** The lines that each attack printed, by its name; '' before the first. */
export function sections(output: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  found.set('', lines);
  for (const line of output.split('\n')) {
    if (line.startsWith('== ')) found.set(line.slice(3), (lines = []));
    else if (!line.startsWith('nestlab') && line !== '') lines.push(line);
  }
  return found;
}

/** What attacks print on the real kernel of this machine. Only those that can do no harm there may be named. */
export function natively(program: Uint8Array, names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-attacks-'));
  try {
    const file = join(folder, 'attack');
    writeFileSync(file, program, { mode: 0o755 });
    const ran = spawnSync(file, names, { encoding: 'latin1', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return sections(ran.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

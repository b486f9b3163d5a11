/** The real kernel as the oracle for real programs: the same command line in a chroot and in nestlab. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES } from './lines.ts';

export const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const binaries = join(project, 'cache', 'bin');
const main = process.env.NESTLAB_MAIN ?? join(project, 'dist', 'main.js');
const ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/bin', HOME: '/root', TERM: 'dumb' };
/** What one command line may take, in ms. */
const PATIENCE = 60_000;

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status, or 128 + signal. */
  readonly status: number;
}

/** What a line gets besides its root; each has a default. */
export interface Setting {
  readonly input?: string | Uint8Array;
  /** Words for `nestlab run`, before the program. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** An empty folder that is /tmp natively, so that the root itself stays as it is; nestlab writes to no root anyway. */
  readonly scratch?: string;
  /** ms */
  readonly patience?: number;
}

/** Why the real programs cannot be run here; undefined when they can. Throws where they are required. */
export function whyNoBinaries(): string | undefined {
  return whyNot(join(binaries, 'busybox'), 'scripts/fetch-binaries.sh');
}

/** The same for a root that holds the file `needed` once `script` has run. */
export function whyNot(needed: string, script: string): string | undefined {
  let why: string | undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64') why = 'not Linux on x86-64';
  else if (!existsSync(needed)) why = `no ${relative(project, needed)}: run ${script}`;
  else if (!existsSync(main)) why = 'not built: npm run build';
  else if (spawnSync('unshare', nativeWords('/', ['/bin/true'])).status !== 0) why = 'no right to chroot';
  if (why !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(`real binaries: ${why}`);
  return why;
}

/** A fresh root folder with busybox, bash and the test files. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'nestlab-root-'));
  for (const folder of ['bin', 'data', 'dev', 'etc', 'proc', 'root', 'tmp']) mkdirSync(join(root, folder));
  copyFileSync(join(binaries, 'busybox'), join(root, 'bin', 'busybox'));
  copyFileSync(join(binaries, 'bash-static'), join(root, 'bin', 'bash'));
  spawnSync(join(root, 'bin', 'busybox'), ['--install', '-s', join(root, 'bin')]);
  spawnSync('sh', ['-c', `cd ${root}/bin && for l in *; do [ -L $l ] && ln -sf busybox $l; done; chmod 1777 ../tmp`]);
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(root, name), text);
    chmodSync(
      join(root, name),
      name.endsWith('.sh') || name.endsWith('loop') || name.endsWith('noexec') ? 0o755 : 0o644,
    );
  }
  return root;
}

export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/**
 * Words for `unshare`: own mounts, /proc and /dev as a program expects them, a kernel that calls itself i686, the
 * usual niceness whatever this test's is, then chroot.
 */
function nativeWords(root: string, line: readonly string[], setting: Setting = {}): string[] {
  const mounts = [`mount -t proc proc ${root}/proc`, `mount --rbind /dev ${root}/dev`];
  if (setting.scratch) mounts.push(`mount --bind ${setting.scratch} ${root}/tmp`);
  const prepare = root === '/' ? 'true' : mounts.join(' && ');
  const environment = Object.entries(setting.environment ?? ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const enter = `${prepare} && ulimit -Sn 1024 && renice -n 0 -p $$ >/dev/null && exec setarch i686 env -i ${environment.join(' ')} "$(command -v chroot)" "$@"`;
  return ['--mount', 'sh', '-c', enter, 'sh', root, ...line];
}

/** Runs a line on the real kernel. */
export function native(root: string, line: readonly string[], setting: Setting = {}): Outcome {
  return outcome(spawnSync('unshare', nativeWords(root, line, setting), spawning(setting)));
}

/** Runs a line in nestlab. */
export function nested(root: string, line: readonly string[], setting: Setting = {}): Outcome {
  const environment = Object.entries(setting.environment ?? ENVIRONMENT);
  const variables = environment.flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const words = [main, 'run', '--root', root, ...variables, ...(setting.options ?? []), '--', ...line];
  return outcome(spawnSync(process.execPath, words, spawning(setting)));
}

function spawning(setting: Setting) {
  return { input: setting.input ?? '', timeout: setting.patience ?? PATIENCE, maxBuffer: 1 << 28 };
}

function outcome(run: ReturnType<typeof spawnSync>): Outcome {
  const status = run.status ?? 128 + constants.signals[run.signal ?? 'SIGKILL'];
  return { stdout: String(run.stdout), stderr: String(run.stderr), status };
}

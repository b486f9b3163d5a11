/** The real kernel as the oracle for real programs: the same command line in a chroot and in nestlab. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FILES } from './lines.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const binaries = join(project, 'cache', 'bin');
const main = join(project, 'dist', 'main.js');
const ENVIRONMENT = { PATH: '/bin', HOME: '/root', TERM: 'dumb' };
/** What one command line may take, in ms. */
const PATIENCE = 60_000;

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status, or 128 + signal. */
  readonly status: number;
}

/** Why the real programs cannot be run here; undefined when they can. Throws where they are required. */
export function whyNoBinaries(): string | undefined {
  let why: string | undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64') why = 'not Linux on x86-64';
  else if (!existsSync(join(binaries, 'busybox'))) why = 'no cache/bin/busybox: run scripts/fetch-binaries.sh';
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

/** Words for `unshare`: own mounts, /proc and /dev as a program expects them, then chroot. */
function nativeWords(root: string, line: readonly string[]): string[] {
  const prepare = root === '/' ? 'true' : `mount -t proc proc ${root}/proc && mount --bind /dev ${root}/dev`;
  const environment = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const enter = `${prepare} && ulimit -Sn 1024 && exec env -i ${environment.join(' ')} "$(command -v chroot)" "$@"`;
  return ['--mount', 'sh', '-c', enter, 'sh', root, ...line];
}

/** Runs a line on the real kernel. */
export function native(root: string, line: readonly string[], input = ''): Outcome {
  return outcome(spawnSync('unshare', nativeWords(root, line), { input, timeout: PATIENCE }));
}

/** Runs a line in nestlab; `options` go before the program. */
export function nested(root: string, line: readonly string[], input = '', options: readonly string[] = []): Outcome {
  const environment = Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const words = [main, 'run', '--root', root, ...environment, ...options, '--', ...line];
  return outcome(spawnSync(process.execPath, words, { input, timeout: PATIENCE }));
}

function outcome(run: ReturnType<typeof spawnSync>): Outcome {
  const status = run.status ?? 128 + constants.signals[run.signal ?? 'SIGKILL'];
  return { stdout: String(run.stdout), stderr: String(run.stderr), status };
}

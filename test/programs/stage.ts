import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** The folder `programs` of this package. */
export const programs = join(import.meta.dirname, '../../programs');

/** A row of `programs/MANIFEST.json`. */
export interface Entry {
  readonly path: string;
  readonly type: 'directory' | 'file';
  readonly mode: string;
  readonly file?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly links?: readonly string[];
}

/** A script with what it must print and return; `oracle` names the program that the literals come from. */
export interface Case {
  readonly script: string;
  readonly stdout: string;
  readonly status: number;
  readonly oracle: 'dash' | 'bash';
}

/** What a run printed and returned; a signal is 128 plus its number, as a shell says it. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Only this platform runs i386 programs natively. */
export const runsNatively = process.platform === 'linux' && process.arch === 'x64';

/** Reads the manifest. */
export function manifest(): readonly Entry[] {
  return JSON.parse(readFileSync(join(programs, 'MANIFEST.json'), 'utf8')) as readonly Entry[];
}

/** Reads a table of cases that lies beside the tests. */
export function cases(name: string): readonly Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as readonly Case[];
}

/** Lays the manifest's files below a new temporary folder, links relative; returns its path. The caller removes it. */
export function stageRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'nestlab-root-'));
  for (const entry of manifest()) {
    const path = join(root, entry.path);
    if (entry.type === 'directory') mkdirSync(path, { recursive: true });
    else stageFile(entry, path, root);
  }
  return root;
}

function stageFile(entry: Entry, path: string, root: string): void {
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(join(programs, entry.file ?? ''), path);
  chmodSync(path, Number.parseInt(entry.mode, 8));
  for (const link of entry.links ?? []) symlinkSync(relative(dirname(link), entry.path), join(root, link));
}

/** The files that the tools' cases work on. */
export function writeFixture(folder: string): void {
  const lines = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => `${text(i)}\n`).join('');
  mkdirSync(join(folder, 'src/lib'), { recursive: true });
  writeFileSync(
    join(folder, 'table'),
    'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/:/bin/false\nuser:x:1000:1000:A User:/home/user:/bin/sh\n',
  );
  writeFileSync(join(folder, 'numbers'), '10\n9\n-3\n2.5\n100\n9\n\nabc\n007\n');
  writeFileSync(
    join(folder, 'words'),
    'the quick brown fox\njumps over the lazy dog\n\nThe End\nfoo.bar foo_bar foo-bar\n  indented\ttab\n',
  );
  writeFileSync(
    join(folder, 'long'),
    lines(100, (i) => `line ${i + 1}`),
  );
  writeFileSync(join(folder, 'repeats'), 'a\na\nb\nA\na\nc\nc\nc\n');
  writeFileSync(join(folder, 'noeol'), 'one\ntwo');
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'binary'), Buffer.from(Array.from({ length: 300 }, (_, i) => (i < 256 ? i : 0))));
  writeFileSync(
    join(folder, 'src/main.c'),
    '#include <stdio.h>\n\nint main(void) {\n  puts("hello");\n  return 0;\n}\n',
  );
  writeFileSync(join(folder, 'src/lib/util.c'), 'int twice(int x) { return 2 * x; }\n');
  writeFileSync(join(folder, 'src/lib/util.h'), 'int twice(int x);\n');
}

/** Runs a shell command line with the given PATH in a fresh folder (filled by `prepare`), which reads as DIR in the output. */
export function runScript(
  shell: readonly string[],
  path: string,
  script: string,
  prepare?: (folder: string) => void,
): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-case-'));
  try {
    prepare?.(folder);
    const [file, ...args] = [...shell, '-c', script, 'sh', 'A', 'B C'];
    const env = { PATH: path, HOME: '/tmp', LC_ALL: 'C', TZ: 'UTC' };
    const result = spawnSync(file ?? '', args, {
      cwd: folder,
      env,
      input: '',
      encoding: 'latin1',
      timeout: 20_000,
      argv0: 'sh',
    });
    if (result.error) throw result.error;
    const status = result.status ?? 128 + signalNumber(result.signal);
    return { stdout: result.stdout.replaceAll(folder, 'DIR'), stderr: result.stderr.replaceAll(folder, 'DIR'), status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function signalNumber(name: NodeJS.Signals | null): number {
  return name === null ? 0 : constants.signals[name];
}

/** The first of the paths that exists here, or undefined. */
export function found(...paths: string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** What a program prints; throws when it fails. */
export function output(file: string, args: readonly string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
}

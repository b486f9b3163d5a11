import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command (`npm run build`), or another one that NESTLAB_MAIN names. */
export const MAIN = process.env.NESTLAB_MAIN ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What a command line came to. */
export interface Result {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `nestlab` with these words; the standard input is `input`, or empty. */
export function nestlab(words: readonly string[], options: SpawnSyncOptions = {}): Result {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
    timeout: 110_000,
    input: '',
    ...options,
    encoding: 'latin1',
  });
  return { status, signal, stdout: String(stdout), stderr: String(stderr) };
}

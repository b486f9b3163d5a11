/** Runs of attacks in processes of their own, bundled: what vitest makes of modules halves the speed of the machine. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { Outcome } from './lab.ts';

export interface Request {
  readonly words: readonly string[];
  /** Path of the attacks' program on this machine; /bin/attack in the run. */
  readonly program: string;
  readonly options?: { readonly memory?: number };
}

/** How long one run may take on a busy machine, ms. */
const PATIENCE = 400_000;

/** A folder with the bundle and the program, until `close`. */
export class Runs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nestlab-attacks-'));
  readonly #program = join(this.#folder, 'attack');
  readonly #bundle = join(this.#folder, 'runner.mjs');
  readonly #waiting: (() => void)[] = [];
  #free = availableParallelism();

  constructor(program: Uint8Array) {
    writeFileSync(this.#program, program);
    const entryPoints = [join(import.meta.dirname, 'runner.ts')];
    buildSync({ entryPoints, outfile: this.#bundle, bundle: true, platform: 'node', target: 'node20', format: 'esm' });
  }

  /** Runs words as `execute` does, when a processor is free. */
  async run(words: readonly string[], options?: Request['options']): Promise<Outcome> {
    if (this.#free === 0) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#free--;
    try {
      const request: Request = { words, program: this.#program, ...(options ? { options } : {}) };
      // As the command does it: docs/decisions/005-bundle.md.
      const argv = ['--no-use-osr', this.#bundle, JSON.stringify(request)];
      const ran = await promisify(execFile)(process.execPath, argv, { maxBuffer: 1 << 26, timeout: PATIENCE });
      return JSON.parse(ran.stdout) as Outcome;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

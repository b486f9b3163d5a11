/** The real FPU behind oracle.c, built when it is first needed, and the records that it takes and gives. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bytes of a request and of a reply: 8 bytes in front, the FNSAVE image, the memory operand. */
export const RECORD = 228;
export const STATE = 8;
export const STATE_BYTES = 108;
export const MEMORY = STATE + STATE_BYTES;
export const MEMORY_BYTES = 112;

/** What a test says that may not skip. */
export const NO_ORACLE = 'NESTLAB_REQUIRE_ORACLE is set, but gcc -m32 builds no oracle here';

const source = fileURLToPath(new URL('oracle.c', import.meta.url));
const flags = '-m32 -O1 -static -nostdlib -fno-pic -fno-stack-protector -fcf-protection=none'.split(' ');

/** Builds the oracle; returns the executable's path, or null where i386 code cannot be compiled and run. */
export function buildOracle(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-x87-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'oracle');
  try {
    execFileSync('gcc', [...flags, '-o', program, source], { stdio: 'pipe' });
    execFileSync(program, { input: '' });
    return program;
  } catch {
    return null;
  }
}

/** Executes all requests on the real FPU; throws when the oracle dies. */
export function askOracle(program: string, requests: Uint8Array): Uint8Array {
  const result = spawnSync(program, { input: requests, maxBuffer: requests.length + 1 });
  if (result.status !== 0 || result.stdout.length !== requests.length) {
    throw new Error(`x87 oracle: status ${result.status}, signal ${result.signal}, ${result.stdout.length} bytes`);
  }
  return new Uint8Array(result.stdout);
}

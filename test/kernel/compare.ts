/** Builds i386 C programs with a static C library, once, for tests that compare our kernel with the real one. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CACHE = join(import.meta.dirname, '../../cache/native');
const FLAGS = ['-m32', '-static', '-O1', '-w', '-pthread', '-std=gnu17'];

/** Whether programs can be built and run here; throws where NESTLAB_REQUIRE_ORACLE=1 demands that they can. */
export function canCompare(): boolean {
  const source = '#include <stdio.h>\nint main(void) { return 0; }';
  const built = spawnSync('gcc', [...FLAGS, '-x', 'c', '-', '-o', '/dev/null'], { input: source });
  const ok = built.status === 0;
  if (!ok && process.env.NESTLAB_REQUIRE_ORACLE === '1') throw new Error('gcc -m32 -static does not work here');
  return ok;
}

/** The ELF file of a C source with the headers beside and above it; from the cache when none of them has changed. */
export function compile(folder: string, name: string): Uint8Array {
  const source = join(folder, `${name}.c`);
  const hash = createHash('sha256').update(FLAGS.join(' ')).update(readFileSync(source));
  for (const place of [folder, dirname(folder)]) {
    for (const file of readdirSync(place).sort()) if (file.endsWith('.h')) hash.update(readFileSync(join(place, file)));
  }
  const target = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(target)) {
    mkdirSync(CACHE, { recursive: true });
    const made = `${target}.${process.pid}`;
    const built = spawnSync('gcc', [...FLAGS, source, '-o', made], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`gcc ${name}.c: ${built.stderr}`);
    renameSync(made, target);
  }
  return readFileSync(target);
}

/** Hostile programs from C, where this machine has a compiler for them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIBRARY = join(import.meta.dirname, '../../programs/lib');
export const WORDS =
  '-m32 -march=i486 -mpreferred-stack-boundary=2 -O1 -fno-optimize-sibling-calls -std=gnu11 -ffreestanding -w -fno-pie -fcf-protection=none -fno-stack-protector -static -nostdlib -no-pie -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro'.split(
    ' ',
  );

/** The ELF file of test/robust/NAME.c; a text that says why it cannot be built. */
export function build(name: string): Uint8Array | string {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-build-'));
  try {
    const file = join(folder, name);
    const library = readdirSync(LIBRARY)
      .filter((entry) => /\.[cS]$/.test(entry))
      .map((entry) => join(LIBRARY, entry));
    const source = join(import.meta.dirname, `${name}.c`);
    const words = [...WORDS, `-I${LIBRARY}`, `-Wl,-T,${join(LIBRARY, '../link.ld')}`, source, ...library];
    const built = spawnSync('gcc', [...words, '-o', file], { encoding: 'utf8' });
    if (built.error) return 'no gcc';
    if (built.status !== 0) return `gcc -m32: ${built.stderr.slice(0, 500)}`;
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

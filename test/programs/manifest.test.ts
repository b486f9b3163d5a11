import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { found, manifest, output, programs } from './stage.ts';

const files = manifest().filter((entry) => entry.type === 'file');
const binaries = files.filter((entry) => entry.file?.startsWith('bin/'));

/** Program headers of an ELF32 file: type, flags and virtual address of each. */
function segments(image: Buffer): { type: number; flags: number; address: number; align: number }[] {
  const at = image.readUInt32LE(28);
  const count = image.readUInt16LE(44);
  return Array.from({ length: count }, (_, i) => {
    const row = at + 32 * i;
    return {
      type: image.readUInt32LE(row),
      address: image.readUInt32LE(row + 8),
      flags: image.readUInt32LE(row + 24),
      align: image.readUInt32LE(row + 28),
    };
  });
}

describe('programs/MANIFEST.json', () => {
  test.each(files.map((entry) => [entry.path, entry] as const))(
    '%s has the size and hash that it names',
    (_path, entry) => {
      const content = readFileSync(join(programs, entry.file ?? ''));
      expect(content.length).toBe(entry.size);
      expect(createHash('sha256').update(content).digest('hex')).toBe(entry.sha256);
    },
  );

  test('every built file is listed, and all of them are small', () => {
    expect(binaries.map((entry) => entry.file).sort()).toEqual(
      readdirSync(join(programs, 'bin')).map((name) => `bin/${name}`),
    );
    expect(binaries.reduce((sum, entry) => sum + (entry.size ?? 0), 0)).toBeLessThan(400 * 1024);
  });

  test('paths and links are unique, and every parent directory comes first', () => {
    const seen = new Set<string>(['/']);
    for (const entry of manifest()) {
      expect(seen).toContain(entry.path.replace(/\/[^/]*$/, '') || '/');
      for (const path of [entry.path, ...(entry.links ?? [])]) {
        expect(seen).not.toContain(path);
        seen.add(path);
      }
    }
  });

  test('the tools that people type first are there', () => {
    const names = new Set(binaries.flatMap((entry) => [entry.path, ...(entry.links ?? [])]));
    const wanted =
      'sh hello ls cat echo wc head tail grep sed sort uniq tr cut mkdir rm rmdir mv cp ln touch sleep ps kill env uname pwd date seq true false yes tee id hostname chmod od hexdump find basename dirname printf test [ expr time more';
    for (const name of wanted.split(' ')) expect(names).toContain(`/bin/${name}`);
  });

  test('/tmp is open to everybody, as on Linux', () => {
    expect(manifest().find((entry) => entry.path === '/tmp')).toEqual({
      path: '/tmp',
      type: 'directory',
      mode: '1777',
    });
  });
});

describe('programs/bin', () => {
  test.each(binaries.map((entry) => [entry.path, join(programs, entry.file ?? '')] as const))(
    '%s is a static i386 executable with text r-x and data rw-',
    (_path, file) => {
      const image = readFileSync(file);
      expect(image.subarray(0, 7).toString('latin1')).toBe('\x7fELF\x01\x01\x01');
      expect([image.readUInt16LE(16), image.readUInt16LE(18)]).toEqual([2, 3]); // ET_EXEC, EM_386
      const all = segments(image);
      expect(all.some(({ type }) => type === 2 || type === 3)).toBe(false); // no PT_DYNAMIC, no PT_INTERP
      const load = all.filter(({ type }) => type === 1);
      expect(load.map(({ flags }) => flags)).toEqual([5, 6]);
      for (const { address, align } of load) expect([address % 4096, align]).toEqual([0, 4096]);
    },
  );

  const objdump = found('/usr/bin/objdump');
  test.skipIf(!objdump)('uses no instruction beyond the i486 (needs objdump)', () => {
    for (const { file } of binaries) {
      const text = output(objdump ?? '', ['-d', '--no-show-raw-insn', join(programs, file ?? '')]);
      const names = new Set(
        [...text.matchAll(/^ +[0-9a-f]+:\t(?:rep[a-z]* |lock |[cdefgs]s )*([a-z0-9]+)/gm)].map(
          (match) => match[1] ?? '',
        ),
      );
      const later = [...names].filter((name) =>
        /^(cmov|fcmov|fcomi|fucomi|cmpxchg8b|cpuid|rdtsc|sys|ud|p[a-z]+(b|w|d|q)$|mov(q|d|ap|up|s[sd])|.*[sp][sd]$|v[a-z]+p[sd])/.test(
          name,
        ),
      );
      expect(
        later.filter(
          (name) =>
            !/^(push|pop|lods|stos|cmps|movs|scas|ins|outs|lds|rets|shld|shrd|xadd|bts|aaad|andps)/.test(name) &&
            name !== 'int',
        ),
      ).toEqual([]);
      expect(names).toContain('int');
    }
  });
});

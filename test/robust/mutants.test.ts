/** Thousands of broken programs: each is refused or ends by itself or by a signal, and leaves nothing behind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PF_R, PF_W, PF_X } from '../../src/abi/elf.ts';
import { elf, TEXT } from './assembly.ts';
import { childPath, driver } from './driver.ts';
import { perform } from './lab.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

/** All of them where nothing may be skipped; a sample in `npm test` on a user's machine. */
const MUTANTS = process.env.NESTLAB_REQUIRE_BINARIES === '1' ? 10_000 : 2_000;
const SEED = Number(process.env.NESTLAB_SEED ?? 1);
const BATCH = 500;
const bin = join(import.meta.dirname, '../../programs/bin');

/** exit(42), with data and bss beside it. */
const small = elf(TEXT, [
  { address: TEXT, bytes: [0xb8, 1, 0, 0, 0, 0xbb, 42, 0, 0, 0, 0xcd, 0x80], flags: PF_R | PF_X },
  { address: TEXT + 0x1000, bytes: [1, 2, 3, 4], size: 0x3000, flags: PF_R | PF_W },
]);
const interpreted = elf(TEXT, [
  { address: TEXT, bytes: Buffer.from('/bin/hello\0'), flags: PF_R | PF_X },
  { address: TEXT + 0x1000, bytes: [0xf4], flags: PF_R | PF_X },
]);

const ORIGINALS = [small, interpreted, readFileSync(join(bin, 'hello')), readFileSync(join(bin, 'sh'))] as const;

test.each(Array.from({ length: Math.ceil(MUTANTS / BATCH) }, (_, n) => n))(
  `batch %i of broken programs, seed ${SEED}`,
  (batch) => {
    const random = new Random(SEED * 1000 + batch);
    const files: Record<string, Uint8Array> = {
      '/bin/driver': driver({ count: BATCH, patience: 1500 }),
      '/bin/hello': ORIGINALS[2],
    };
    for (let n = 0; n < BATCH; n++) files[childPath(n)] = mutate(random.pick(ORIGINALS), random);
    const report = perform({ files, argv: ['/bin/driver'], memory: 16 << 20, instructions: 600_000_000, time: 10e9 });
    expect(report).toMatchObject({ status: BATCH >> 8, cut: false, violations: [], changedPages: 0 });
  },
);

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programs } from './stage.ts';

const gcc = spawnSync('gcc', ['-dumpfullversion'], { encoding: 'utf8' }).stdout?.trim();

describe.skipIf(gcc !== '12.2.0')(
  'scripts/build-programs.sh (gcc 12.2.0 only, the compiler of the committed files)',
  () => {
    test('gives the committed files bit for bit, from another folder, in another locale and time zone', () => {
      const copy = mkdtempSync(join(tmpdir(), 'nestlab build '));
      try {
        cpSync(programs, join(copy, 'deep/er/programs'), { recursive: true });
        mkdirSync(join(copy, 'deep/er/scripts'));
        cpSync(join(programs, '../scripts/build-programs.sh'), join(copy, 'deep/er/scripts/build-programs.sh'));
        const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'Asia/Tokyo', TMPDIR: copy };
        const { stdout, stderr, status } = spawnSync(join(copy, 'deep/er/scripts/build-programs.sh'), ['--check'], {
          encoding: 'utf8',
          env,
        });
        const lines = stdout.trim().split('\n');
        expect({ different: lines.filter((line) => !line.startsWith('same ')), stderr, status }).toEqual({
          different: [],
          stderr: '',
          status: 0,
        });
        expect(lines).toContain('same       sh');
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  },
);

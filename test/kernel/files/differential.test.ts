import { describe, expect, it } from 'vitest';
import { errnoName } from '../../../src/abi/errno.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../../../src/abi/flags.ts';
import { STAT64 } from '../../../src/abi/structs.ts';
import { ANY, type Line, oracleMissing, runInWorld, runNatively } from './oracle.ts';
import { randomPipeScript, randomScript } from './script.ts';

const missing = oracleMissing();
if (missing) console.log(`skipped: file calls against the real kernel (${missing})`);

/** The fields of a printed stat64 that every file system gives alike. */
function comparable(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  const mode = view.getUint32(STAT64.at.st_mode, true);
  const field = (name: keyof typeof STAT64.at) => view.getUint32(STAT64.at[name], true);
  const fields = [mode.toString(8), field('st_uid'), field('st_gid')];
  // Link counts and sizes of directories are the file system's own affair.
  if ((mode & S_IFMT) !== S_IFDIR) fields.push(field('st_nlink'));
  if ((mode & S_IFMT) === S_IFREG) fields.push(field('st_size'));
  return fields.join(' ');
}

function show(line: Line): string {
  return JSON.stringify(line).slice(0, 200);
}

function named(result: string): string {
  const number = Number(result);
  return number < 0 ? errnoName(-number) : result;
}

/** The first differences between the real kernel and ours. */
function differences(lines: readonly Line[], uid: number, look = comparable): string[] {
  const native = runNatively(lines, uid);
  const ours = runInWorld(lines, uid);
  const found: string[] = [];
  for (const [i, line] of lines.entries()) {
    if ('print' in line) {
      if (look(native[i]) !== look(ours[i]))
        found.push(`${i} ${show(lines[i - 1])}: real ${look(native[i])}, ours ${look(ours[i])}`);
    } else if (native[i] !== ours[i] && ours[i] !== ANY)
      found.push(`${i} ${show(line)}: real ${named(native[i])}, ours ${named(ours[i])}`);
    if (found.length === 3) break;
  }
  return found;
}

const SEEDS = Number(process.env.NESTLAB_FILE_SEEDS ?? 6);
const START = Number(process.env.NESTLAB_FILE_SEED ?? 1);

describe.skipIf(missing)('random scripts of file calls, as on the real kernel', () => {
  for (let seed = START; seed < START + SEEDS; seed++)
    for (const uid of [0, 1000])
      it(`seed ${seed}, uid ${uid}`, () => {
        expect(differences(randomScript(seed, 3000), uid)).toEqual([]);
      });
});

describe.skipIf(missing)('random scripts of pipes, polls and locks, as on the real kernel', () => {
  for (let seed = START; seed < START + SEEDS; seed++)
    it(`seed ${seed}`, () => {
      expect(differences(randomPipeScript(seed, 3000), 0, (bytes) => bytes)).toEqual([]);
    });
});

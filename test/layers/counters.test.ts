/** Counters are touched at choke points only: what is compared must not be able to count for itself. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src');

/** What touching a counter looks like. */
const TOUCH = /abi\/events\.ts|\bledger\b|(platform|guest|processor|host)\.(count|call)\(/;

/** Folders that may not, but for the files named; every folder of `src` that is not named in `KNOWN` is a mechanism. */
const KNOWN = new Set(['abi', 'machine', 'kernel', 'host', 'guest', 'lab', 'ui', 'cli']);
/** The choke points of the kernel: one file for each event that a kernel counts. */
const KERNEL_CHOKE_POINTS = new Set([
  'kernel/calls/dispatch.ts',
  'kernel/signals/frame.ts',
  'kernel/signals/restore.ts',
  'kernel/tasks/scheduler.ts',
]);

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return path.endsWith('.ts') ? [relative(SOURCE, path)] : [];
  });
}

/** Lines of a file that touch a counter; comments do not. */
function touches(file: string): string[] {
  const lines = readFileSync(join(SOURCE, file), 'utf8').split('\n');
  return lines
    .filter((line) => TOUCH.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
    .map((line) => `${file}: ${line.trim()}`);
}

const mechanisms = readdirSync(SOURCE).filter((name) => statSync(join(SOURCE, name)).isDirectory() && !KNOWN.has(name));

describe('who touches a counter', () => {
  it('finds the mechanisms', () => expect(mechanisms).toContain('ptrace'));

  it.each(mechanisms)('nobody in src/%s', (name) => {
    expect(files(join(SOURCE, name)).flatMap(touches)).toEqual([]);
  });

  it('nobody in src/guest but the platform', () => {
    const guilty = files(join(SOURCE, 'guest')).filter((file) => touches(file).length > 0);
    expect(guilty).toEqual(['guest/platform.ts']);
  });

  it('in src/kernel one file for each event', () => {
    const guilty = files(join(SOURCE, 'kernel')).filter((file) => touches(file).length > 0);
    expect(guilty.sort()).toEqual([...KERNEL_CHOKE_POINTS].sort());
  });
});

/** BusyBox's own test suite: every test ends in nestlab as it does on the real kernel, or docs/ says why not. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, whyNot } from '../binaries/native.ts';

const script = join(project, 'scripts', 'busybox-testsuite.sh');
const missing = whyNot(join(project, 'cache', 'src', 'busybox', 'testsuite'), 'scripts/busybox-testsuite.sh --fetch');

/** Tests that pass natively, of all and without those that only calculate (bc, factor, and all checksums but one). */
const PASSES = process.env.NESTLAB_BUSYBOX === 'full' ? 868 : 778;

describe.skipIf(missing)(`BusyBox's test suite${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it('has the same results natively and in nestlab', { timeout: 1_800_000 }, () => {
    const words = process.env.NESTLAB_BUSYBOX === 'full' ? [] : ['--quick'];
    const { stdout, stderr } = spawnSync(script, words, { encoding: 'utf8', timeout: 1_700_000 });
    expect(stderr).toBe('');
    // Those that differ with a reason are listed in docs/busybox-testsuite.md; the others are printed here.
    expect(stdout).not.toContain('differs: ');
    expect(stdout).toMatch(/explained in docs/);
    const passed = (side: string) => Number(new RegExp(`^${side} +(\\d+) PASS`, 'm').exec(stdout)?.[1]);
    expect(passed('native')).toBeGreaterThanOrEqual(PASSES);
    expect(passed('nestlab')).toBeGreaterThanOrEqual(PASSES - 8);
  });
});

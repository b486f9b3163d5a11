/** Debian's busybox and bash: every command line of the comparison with the real kernel, twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINES } from '../binaries/lines.ts';
import { makeRoot, removeRoot, whyNoBinaries } from '../binaries/native.ts';
import { inBoth } from './twice.ts';

const missing = whyNoBinaries();
/** All of them where nothing may be skipped; a sample in `npm test` on a user's machine. */
const lines = process.env.NESTLAB_REQUIRE_BINARIES === '1' ? LINES : LINES.filter((_, n) => n % 6 === 4);

describe.skipIf(missing)(`real binaries twice${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let root = '';
  beforeAll(() => {
    root = makeRoot();
  });
  afterAll(() => removeRoot(root));

  it.each(lines.map((line) => [line.join(' ').slice(0, 100), line] as const))('%s', async (_title, line) => {
    const options = ['--root', root, '--env', 'PATH=/bin'];
    const [first, again] = await inBoth(options, line);
    expect(again).toEqual(first);
  });
});

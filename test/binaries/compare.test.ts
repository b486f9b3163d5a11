/** Debian's busybox and bash, line by line: the real kernel and nestlab print the same and end the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINES } from './lines.ts';
import { makeRoot, native, nested, removeRoot, whyNoBinaries } from './native.ts';

const missing = whyNoBinaries();

describe.skipIf(missing)(`real binaries against the real kernel${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let root = '';
  beforeAll(() => {
    root = makeRoot();
  });
  afterAll(() => removeRoot(root));

  it.each(LINES.map((line) => [line.join(' ').slice(0, 100), line] as const))('%s', (_title, line) => {
    expect(nested(root, line)).toEqual(native(root, line));
  });
});

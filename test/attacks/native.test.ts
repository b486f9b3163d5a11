/** The real kernel of this machine is the measure of what attacks must print, as far as nothing in them is ours alone. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ATTEMPTS } from './attempts.ts';
import { EXTENSIONS } from './extensions.ts';
import { buildAttacks, natively } from './lab.ts';

const program = buildAttacks();
const missing = typeof program === 'string' ? program : undefined;
const attempts = Object.entries({ ...ATTEMPTS, ...EXTENSIONS }).filter(([, { native }]) => native !== undefined);

describe.skipIf(missing)('the real kernel', () => {
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    const names = attempts.map(([name]) => name);
    found = natively(program as Uint8Array, names);
  }, 90_000);

  it.each(attempts)('%s', (name, { expected, native }) => {
    const ours = (line: string) => native instanceof RegExp && native.test(line);
    expect(found.get(name)?.filter((line) => !ours(line))).toEqual(expected.filter((line) => !ours(line)));
  });
});

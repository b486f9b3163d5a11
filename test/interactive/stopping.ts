import { expect } from 'vitest';
import type { Screen } from './screen.ts';

/** A program without a shell is stopped by C-z, goes on by fg and is ended by C-c; the terminal is each time whose turn it is. */
export async function stopAndGoOn(screen: Screen): Promise<void> {
  const before = await screen.modes('before');
  screen.enter('clear; nl -- /bin/cat');
  await screen.taken();
  screen.enter('first');
  await screen.see(/first\nfirst$/);
  screen.type('C-z');
  await screen.see(/\^Z\n\[1\]\+ +Stopped +nl -- \/bin\/cat\nouter\$$/);
  expect(await screen.modes('stopped')).toBe(before);
  screen.enter('clear; fg');
  await screen.taken();
  screen.enter('second');
  await screen.see(/second\nsecond$/);
  screen.type('C-c');
  await screen.see(/\^C ?\n?outer\$$/);
  screen.enter('echo $?');
  await screen.see(/\n130\nouter\$$/);
  expect(await screen.modes('after')).toBe(before);
}

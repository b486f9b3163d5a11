/** Debian's bash and busybox on a terminal: line editing, job control, resizing, and a full-screen editor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeRoot, removeRoot, whyNoBinaries } from '../binaries/native.ts';
import { pause, Screen, whyNoTerminal } from './screen.ts';

const missing = whyNoTerminal() ?? whyNoBinaries();

describe.skipIf(missing)(`bash and busybox on a terminal${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let root = '';
  let screen: Screen;
  beforeAll(() => {
    root = makeRoot();
  });
  afterAll(() => removeRoot(root));
  beforeEach(async () => {
    screen = new Screen();
    await screen.open(['--root', root]);
  });
  afterEach(() => screen.close());

  async function bash(): Promise<void> {
    screen.enter(`clear; nl -- /bin/bash --norc --noprofile`);
    await screen.see(/^in#$|^bash-[\d.]+#$/);
    screen.enter(`PS1='in> '; clear`);
    await screen.see(/^in>$/);
  }

  test('readline: arrows, history, and completion', async () => {
    await bash();
    screen.type('-l', 'echo ac');
    screen.type('Left', 'b', 'Right', 'd', 'C-a', 'Right', 'C-e', 'Enter');
    await screen.see(/^in> echo abcd\nabcd\nin>$/);
    screen.type('Up', 'e', 'Enter');
    await screen.see(/\nin> echo abcde\nabcde\nin>$/);
    screen.type('-l', 'cat /data/wo');
    screen.type('Tab', 'C-u');
    screen.enter('echo $((6*7))');
    await screen.see(/\n42\nin>$/);
  });

  test('an escape sequence whose bytes come one by one is still an arrow', async () => {
    await bash();
    screen.type('-l', 'echo ba');
    for (const code of [0x1b, 0x5b, 0x44]) {
      screen.send(code);
      await pause(20);
    }
    screen.type('X', 'Enter');
    await screen.see(/^in> echo bXa\nbXa\nin>$/);
  });

  test('job control', async () => {
    await bash();
    screen.enter(`sh -c 'echo up; exec sleep 99'`);
    await screen.see(/\nup$/);
    screen.type('C-z');
    await screen.see(/\^Z\n\[1\]\+ +Stopped +sh -c 'echo up; exec sleep 99'\nin>$/);
    screen.enter('bg; jobs');
    await screen.see(/\[1\]\+ +Running +sh -c 'echo up; exec sleep 99' &\nin>$/);
    screen.enter('fg');
    await screen.see(/fg\nsh -c 'echo up; exec sleep 99'$/);
    await screen.insist(/\^C\nin>$/, 'C-c');
    screen.enter('echo $?; jobs');
    await screen.see(/\n130\nin>$/);
    screen.enter('cat &');
    await screen.see(/cat &\n\[1\] \d+\n/);
    await screen.insist(/Stopped +cat\nin>$/, 'Enter');
    screen.enter('kill %1; wait; echo $?');
    await screen.see(/\nin>$/);
  });

  test('a new size of the window reaches the programs', async () => {
    await bash();
    screen.enter('stty size');
    await screen.see(/\n24 80\nin>$/);
    screen.resize(30, 100);
    await screen.insist(/\n30 100\n30 100\nin>$/, 'stty size; echo $LINES $COLUMNS', 'Enter');
  });

  test('exit status and modes', async () => {
    const before = await screen.modes('before');
    await bash();
    screen.enter('stty raw -echo; exit 9');
    await screen.see(/outer\$$/);
    screen.enter('echo st $?');
    await screen.see(/st 9\nouter\$$/);
    expect(await screen.modes('after')).toBe(before);
  });

  test('vi edits and saves; arrows move; --rw keeps it', async () => {
    screen.enter('clear; nl --rw -- /bin/busybox vi /tmp/letter');
    await screen.see(/~\n- \/tmp\/letter/);
    screen.type('i', 'alpha', 'Enter', 'beta', 'Enter', 'gamma', 'Escape');
    // An escape and what follows at once would be one key: the last line tells when vi has left the insert mode.
    await screen.see(/^alpha\nbeta\ngamma\n~[\s\S]*\n- \/tmp\/letter/);
    screen.type('Up', 'Left', 'Left', 'i', 'XY', 'Escape');
    await screen.see(/^alpha\n.*XY.*\ngamma\n~[\s\S]*\n- \/tmp\/letter/);
    screen.type('Down', 'o', 'delta', 'Up', 'Down', 'Escape');
    await screen.see(/gamma\ndelta\n~[\s\S]*\n- \/tmp\/letter/);
    screen.type(':wq', 'Enter');
    await screen.see(/outer\$$/);
    const text = readFileSync(join(root, 'tmp/letter'), 'utf8');
    expect(text).toMatch(/^alpha\n.*XY.*\ngamma\ndelta\n$/);
    expect(text.replace('XY', '')).toBe('alpha\nbeta\ngamma\ndelta\n');
  });

  test('vi redraws after C-z and fg', async () => {
    await bash();
    screen.enter('busybox vi /data/words');
    await screen.see(/^pear\napple/);
    screen.type('C-z');
    await screen.see(/Stopped +busybox vi/);
    screen.enter('clear; fg');
    await screen.see(/^pear\napple(?![\s\S]*Stopped)/);
    screen.type('x');
    await screen.see(/^ear\napple/);
    screen.type(':q!', 'Enter');
    await screen.see(/in>$/);
  });
});

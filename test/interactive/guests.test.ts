/** Interactive programs on guest kernels: keys, job control, full screens and modes go through every kernel on the way. */
import { afterEach, beforeEach, describe, test } from 'vitest';
import { makeRoot, removeRoot, whyNoBinaries } from '../binaries/native.ts';
import { Screen, whyNoTerminal } from './screen.ts';
import { stopAndGoOn } from './stopping.ts';

const NESTS = [['sysemu'], ['ktrace+segments'], ['ktrace+segments', 'sysemu']];

const missing = whyNoTerminal();
const noBinaries = missing ?? whyNoBinaries();

/** Says when it runs in the foreground, then sleeps. */
const SLEEP = `sh -c 'echo up; exec sleep 99'`;

const options = (nest: readonly string[]) => nest.flatMap((tower) => ['--guest', tower]);

describe.each(NESTS.map((nest) => [nest.join(' > '), nest] as const))('%s', (_name, nest) => {
  let screen: Screen;
  let root = '';
  beforeEach(() => {
    screen = new Screen();
  });
  afterEach(() => {
    screen.close();
    if (root) removeRoot(root);
    root = '';
  });

  test.skipIf(missing)('a program without a shell: C-z, fg, C-c, and the modes are as before', async () => {
    await screen.open(options(nest));
    await stopAndGoOn(screen);
  });

  test.skipIf(noBinaries)('bash, vi, less and top', async () => {
    root = makeRoot();
    await screen.open(['--root', root, ...options(nest)]);
    screen.enter('clear; nl -- /bin/bash --norc --noprofile');
    await screen.see(/^in#$|^bash-[\d.]+#$/);
    screen.enter(`PS1='in> '; clear`);
    await screen.see(/^in>$/);

    screen.enter(SLEEP);
    await screen.see(/\nup$/);
    screen.type('C-z');
    await screen.see(/\^Z\n\[1\]\+ +Stopped +sh -c 'echo up; exec sleep 99'\nin>$/);
    screen.enter('bg; jobs');
    await screen.see(/\[1\]\+ +Running +sh -c 'echo up; exec sleep 99' &\nin>$/);
    screen.enter('fg');
    await screen.see(/fg\nsh -c 'echo up; exec sleep 99'$/);
    await screen.insist(/\^C\nin>$/, 'C-c');
    screen.enter(`echo $?; ${SLEEP}`);
    await screen.see(/\n130\nup$/);
    screen.type('C-\\');
    await screen.see(/\^\\Quit( \(core dumped\))?\nin>$/);
    screen.enter('echo $?');
    await screen.see(/\n131\nin>$/);

    screen.enter('clear; busybox vi /data/words');
    await screen.see(/^pear\napple/);
    screen.type('C-z');
    await screen.see(/Stopped +busybox vi/);
    screen.enter('clear; fg');
    await screen.see(/^pear\napple(?![\s\S]*Stopped)/);
    screen.resize(30, 100);
    await screen.see(/^pear\napple[\s\S]*(\n~){20}/);
    screen.type('x');
    await screen.see(/^ear\napple/);
    screen.type(':q!', 'Enter');
    await screen.see(/in>$/);

    screen.enter('clear; busybox seq 200 > /tmp/numbers; busybox less /tmp/numbers');
    await screen.see(/^1\n2\n3\n[\s\S]*\n29\n/);
    screen.type('Space');
    await screen.see(/^30\n31\n[\s\S]*\n58\n/);
    screen.type('q');
    await screen.see(/in>$/);

    screen.enter('clear; busybox ps; busybox top -d 1');
    await screen.see(/^Mem: [\s\S]*\bPID\b[\s\S]* busybox top -d 1/);
    screen.type('q');
    await screen.see(/in>$/);
    screen.enter('exit 9');
    await screen.see(/outer\$$/);
  });
});

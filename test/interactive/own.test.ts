/** Our own programs on a terminal: keys, job control of the shell outside and of the one inside, modes given back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pause, Screen, whyNoTerminal } from './screen.ts';
import { stopAndGoOn } from './stopping.ts';

const missing = whyNoTerminal();

/** Says when it runs in the foreground, then sleeps. */
const SLEEP = `sh -c 'echo up; exec sleep 99'`;

describe.skipIf(missing)(`embedded programs on a terminal${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let screen: Screen;
  beforeEach(async () => {
    screen = new Screen();
    await screen.open(['--env', 'PS1=in> ']);
  });
  afterEach(() => screen.close());

  test('the shell prompts, runs, and its exit status is that of nestlab; the modes are as before', async () => {
    const before = await screen.modes('before');
    screen.enter('clear; nl -- /bin/sh');
    await screen.see(/^in>$/);
    screen.enter('tty; exit 7');
    await screen.see(/\n\/dev\/pts\/0\nouter\$$/);
    screen.enter('echo $?');
    await screen.see(/\n7\nouter\$$/);
    expect(await screen.modes('after')).toBe(before);
  });

  test('C-c ends the foreground job, not the shell and not nestlab', async () => {
    screen.enter('clear; nl -- /bin/sh');
    await screen.see(/^in>$/);
    screen.enter(SLEEP);
    await screen.see(/\nup$/);
    screen.type('C-c');
    await screen.see(/up\n\^C\nin>$/);
    screen.enter('echo $?');
    await screen.see(/\n130\nin>$/);
    screen.enter('echo busy; while :; do :; done');
    await screen.see(/\nbusy$/);
    screen.type('C-c');
    await screen.see(/busy\n\^C\nin>$/);
  });

  test('C-z, jobs, bg, fg inside', async () => {
    screen.enter('clear; nl -- /bin/sh');
    await screen.see(/^in>$/);
    screen.enter(SLEEP);
    await screen.see(/\nup$/);
    screen.type('C-z');
    await screen.see(/\[1\] \+ Stopped +sh -c 'echo up; exec sleep 99'\nin>$/);
    screen.enter('bg; jobs');
    await screen.see(/\[1\] \+ Running +sh -c 'echo up; exec sleep 99'\nin>$/);
    screen.enter('fg');
    await screen.see(/fg\nsh -c 'echo up; exec sleep 99'$/);
    await screen.insist(/\^C\nin>$/, 'C-c');
  });

  test('cat ends at C-d; what is typed while it is being edited counts once', async () => {
    screen.enter('clear; nl -- /bin/cat; echo $?');
    await screen.taken();
    screen.type('one', 'BSpace', 'BSpace', 'ld', 'Enter');
    await screen.see(/old\nold$/);
    screen.type('C-d');
    await screen.see(/old\nold\n0\nouter\$$/);
  });

  test('C-z of a program without a shell stops nestlab itself, fg goes on, and modes change hands', async () => {
    await stopAndGoOn(screen);
  });

  test('kill -TSTP, -STOP and -CONT from outside are those of the program', async () => {
    screen.enter('clear; nl -- /bin/cat');
    await screen.taken();
    for (const name of ['SIGTSTP', 'SIGSTOP'] as const) {
      screen.signal(name);
      await screen.see(/\[1\]\+ +Stopped +nl -- \/bin\/cat\nouter\$$/);
      screen.enter('clear; fg');
      await screen.taken();
      screen.enter(name);
      // Echoed once: the terminal is raw again, and the program's own line discipline echoes.
      await screen.see(new RegExp(`nl -- /bin/cat\n${name}\n${name}$`));
    }
    screen.type('C-d');
    await screen.see(/outer\$$/);
  });

  test('SIGTERM ends the program, and the modes are as before', async () => {
    const before = await screen.modes('before');
    screen.enter('clear; nl -- /bin/cat');
    await screen.taken();
    screen.signal('SIGTERM');
    await screen.see(/nl -- \/bin\/cat\n?outer\$$|^outer\$$/);
    screen.enter('echo $?');
    await screen.see(/\n143\nouter\$$/);
    expect(await screen.modes('after')).toBe(before);
  });

  test('time passes while somebody types', async () => {
    screen.enter('clear; nl -- /bin/sh');
    await screen.see(/^in>$/);
    screen.enter('(sleep 2; echo rang) &');
    for (let n = 0; n < 12; n++) {
      screen.type('x');
      await pause(300);
    }
    await screen.see(/rang/);
  });
});

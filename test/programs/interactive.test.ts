import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { found, runsNatively, stageRoot } from './stage.ts';

const tmux = found('/usr/bin/tmux');
let sessions = 0;
let socket = '';

function tmuxRun(...args: string[]): string {
  return execFileSync(tmux ?? '', ['-L', socket, ...args], { encoding: 'utf8' });
}

/** Types keys as tmux names them (Enter, C-c, text). */
function type(...keys: string[]): void {
  tmuxRun('send-keys', '-t', 'sh', ...keys);
}

/** What the terminal shows, without trailing blanks. */
function screen(): string {
  return tmuxRun('capture-pane', '-p', '-t', 'sh').trimEnd();
}

/**
 * Waits until the screen matches; fails with the screen after a minute. Keys that come to nothing when they come before
 * the program is ready for them are typed again every three seconds.
 */
async function see(pattern: RegExp, ...again: string[]): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (i % 60 === 0 && again.length > 0) type(...again);
    if (pattern.test(screen())) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(screen()).toMatch(pattern);
}

/** Waits until a program other than the shell has the terminal. */
async function started(): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (tmuxRun('display-message', '-p', '-t', 'sh', '#{pane_current_command}').trim() !== 'sh') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect.fail(`no program was started:\n${screen()}`);
}

describe.skipIf(!runsNatively || !tmux)('the interactive shell in a terminal (linux x64 with tmux only)', () => {
  let root = '';
  beforeAll(() => {
    root = stageRoot();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(async () => {
    socket = `nestlab-${process.pid}-${sessions++}`;
    const bin = join(root, 'bin');
    tmuxRun(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      'sh',
      '-x',
      '80',
      '-y',
      '24',
      `env -i PATH=${bin} HOME=/tmp PS1='$ ' TERM=screen ${bin}/sh; cat`,
    );
    await see(/^\$$/);
  });
  afterEach(() => {
    spawnSync(tmux ?? '', ['-L', socket, 'kill-server']);
  });

  test('prompts, also in the middle of a command', async () => {
    type('echo "abc', 'Enter');
    await see(/> $|>$/);
    type('def"', 'Enter');
    await see(/^\$ echo "abc\n> def"\nabc\ndef\n\$$/);
  });

  test('C-z stops a job, bg and fg go on with it, C-c ends it', async () => {
    type('sleep 100', 'Enter');
    await started();
    type('C-z');
    await see(/\[1\] \+ Stopped +sleep 100\n\$$/);
    type('bg', 'Enter', 'jobs', 'Enter');
    await see(/\[1\] \+ Running +sleep 100\n\$$/);
    type('fg', 'Enter');
    await see(/\$ fg\nsleep 100$/);
    await started();
    type('C-c');
    await see(/\^C\n\$$/);
    type('echo status $?; jobs', 'Enter');
    await see(/\nstatus 130\n\$$/);
  });

  test('C-z stops every process of a pipeline', async () => {
    type(`sleep 50 | sleep 60 | sh -c 'echo up; exec cat'`, 'Enter');
    await see(/\nup$/);
    type('C-z');
    await see(/\[1\] \+ Stopped +sleep 50 \| sleep 60 \| sh -c 'echo up; exec cat'\n\$$/);
    type('kill %1', 'Enter');
    await see(/\[1\] \+ Terminated +sleep 50/, 'Enter');
  });

  test('C-c drops the line, and ends a loop with the program in it', async () => {
    type('no such', 'C-c');
    await see(/\^C\n\$$/);
    type('while true; do sleep 5; done', 'Enter');
    await started();
    type('C-c');
    await see(/done\n\^C\n\$$/);
    type('echo busy; while :; do :; done', 'Enter');
    await see(/\nbusy$/);
    type('C-c');
    await see(/\nbusy\n\^C\n\$$/);
    type('if true', 'Enter');
    await see(/>$/);
    type('C-c');
    await see(/> \^C\n\$$/);
    type('read x', 'Enter');
    await see(/read x$/);
    await see(/read x\n(\^C\n\$ ?)+$/, 'C-c');
  });

  test('a background job is announced and reported', async () => {
    type('sleep 0.2 &', 'Enter');
    await see(/\[1\] \d+\n/);
    type('wait', 'Enter', '', 'Enter');
    await see(/\[1\] \+ Done +sleep 0.2/);
  });

  test('a background program that reads the terminal stops', async () => {
    type('cat &', 'Enter');
    await see(/\[1\] \d+\n/);
    // cat may stop before the shell prompts: then the line comes before the first prompt, not after the empty command
    await see(/\[1\] \+ Stopped +cat\n(\$\n)*\$$/, 'Enter');
    type('fg', 'Enter');
    await started();
    await see(/fg\ncat$/);
    type('typed', 'Enter');
    await see(/fg\ncat\ntyped\ntyped$/);
    type('C-d');
    await see(/typed\ntyped\n\$$/);
  });

  test('exit warns once about stopped jobs; C-d at the prompt leaves', async () => {
    type('sleep 100', 'Enter');
    await started();
    type('C-z');
    await see(/Stopped/);
    type('exit', 'Enter');
    await see(/You have stopped jobs.\n\$$/);
    type('kill -9 %1', 'Enter');
    await see(/kill -9 %1\n(.*\n)*\$$/);
    type('echo still', 'Enter');
    await see(/\nstill\n/);
    await see(/\[1\] \+ Killed +sleep 100\n(.*\n)*here\n\$$/, 'echo here', 'Enter');
    type('clear', 'Enter');
    await see(/^\$$/);
    type('C-d');
    type('in cat', 'Enter');
    await see(/in cat\n+in cat$/); // the pane's own cat answers
  });

  test('trap on INT runs at the prompt', async () => {
    type(`trap 'echo caught' INT`, 'Enter');
    await see(/INT\n\$$/);
    type('C-c');
    await see(/\^Ccaught\n\n\$$/);
  });

  test('more shows a page at a time', async () => {
    type('seq 60 | more', 'Enter');
    await see(/\n23\n--More--$/);
    type('Space');
    await see(/\n46\n--More--$/);
    type('q');
    await see(/\$$/);
  });

  test('ls fills the width of the terminal', async () => {
    type(`cd ${root}; ls`, 'Enter');
    await see(/\nbin {2}boot {2}dev {2}etc {2}home {2}proc {2}root {2}tmp {2}usr {2}var\n\$$/);
  });
});

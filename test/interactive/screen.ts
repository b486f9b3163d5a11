/** A terminal (tmux) with an outer shell in it, in which nestlab runs as a user would run it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
/** Tries of 50 ms each until the screen must show what is expected. */
const TRIES = 1200;
/** Tries until keys are typed once more that seem to have come too early. */
const AGAIN = 60;
const PROMPT = 'outer$ ';

/** Why no terminal can be driven here; undefined when it can. Throws where it is required. */
export function whyNoTerminal(): string | undefined {
  let why: string | undefined;
  if (spawnSync('tmux', ['-V']).status !== 0) why = 'no tmux';
  else if (spawnSync('bash', ['--version']).status !== 0) why = 'no bash';
  else if (!existsSync(main)) why = 'not built: npm run build';
  if (why !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(`interactive: ${why}`);
  return why;
}

let screens = 0;

export class Screen {
  readonly #socket = `nestlab-run-${process.pid}-${screens++}`;
  readonly folder = mkdtempSync(join(tmpdir(), 'nestlab-screen-'));

  /** Opens the terminal, 24 by 80; `nl` in its shell is `nestlab run` with these options. */
  async open(options: readonly string[] = []): Promise<void> {
    const words = [process.execPath, main, 'run', ...options].map((word) => `'${word}'`).join(' ');
    // exec: the pid in the file is that of nestlab itself.
    writeFileSync(join(this.folder, 'nl'), `#!/bin/sh\necho $$ > ${this.folder}/pid\nexec ${words} "$@"\n`, {
      mode: 0o755,
    });
    const path = `${this.folder}:/usr/local/bin:/usr/bin:/bin`;
    const shell = `env -i PATH=${path} HOME=${this.folder} PS1='${PROMPT}' TERM=screen bash --norc --noprofile`;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 's', '-x', '80', '-y', '24', shell);
    await this.see(/^outer\$$/);
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
    // The outer shell may still be writing its history: begin again until nothing new appears.
    for (let tries = 0; tries < 100; tries++) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
        return;
      } catch {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }

  /** Types keys as tmux names them (Enter, C-c, text). */
  type(...keys: string[]): void {
    this.#tmux('send-keys', '-t', 's', ...keys);
  }

  /** Sends these very bytes. */
  send(...codes: number[]): void {
    this.#tmux('send-keys', '-t', 's', '-H', ...codes.map((code) => code.toString(16)));
  }

  /** A command line of whatever shell is there. */
  enter(line: string): void {
    this.type('-l', line);
    this.type('Enter');
  }

  resize(rows: number, columns: number): void {
    this.#tmux('resize-window', '-t', 's', '-x', String(columns), '-y', String(rows));
  }

  /** What the terminal shows, without trailing blanks. */
  text(): string {
    return this.#tmux('capture-pane', '-p', '-t', 's').trimEnd();
  }

  /** Waits until the screen matches; fails with the screen when it never does. */
  async see(pattern: RegExp): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (pattern.test(this.text())) return;
      await pause(50);
    }
    expect(this.text()).toMatch(pattern);
  }

  /** The same for the answer to keys that come to nothing when they come early: they are typed again every three seconds. */
  async insist(pattern: RegExp, ...keys: string[]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries % AGAIN === 0) this.type(...keys);
      if (pattern.test(this.text())) return;
      await pause(50);
    }
    expect(this.text()).toMatch(pattern);
  }

  /** Waits until nestlab has taken the terminal (the outer shell never switches signals off): from then on keys are the program's. */
  async taken(): Promise<void> {
    const terminal = this.#tmux('display-message', '-p', '-t', 's', '#{pane_tty}').trim();
    for (let tries = 0; tries < TRIES; tries++) {
      if (execFileSync('stty', ['-a', '-F', terminal], { encoding: 'utf8' }).includes('-isig')) return;
      await pause(50);
    }
    expect.fail(`the terminal was not taken:\n${this.text()}`);
  }

  /** Sends a signal to nestlab itself. */
  signal(name: NodeJS.Signals): void {
    process.kill(Number(readFileSync(join(this.folder, 'pid'), 'utf8')), name);
  }

  /** The modes of the outer terminal, as the outer shell's stty sees them at its prompt. */
  async modes(name: string): Promise<string> {
    const file = join(this.folder, name);
    this.type('C-l');
    this.enter(`clear; stty -a > ${file}; echo noted`);
    await this.see(/^noted\nouter\$$/);
    return readFileSync(file, 'utf8').replace(/rows \d+; columns \d+; /, '');
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

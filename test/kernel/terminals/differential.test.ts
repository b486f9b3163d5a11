import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as F from '../../../src/abi/flags.ts';
import { Terminal } from '../../../src/kernel/terminals/terminal.ts';
import { Dice } from '../files/script.ts';

/** The oracle's program, or why there is none. */
function build(): { readonly program: string } | { readonly missing: string } {
  const directory = mkdtempSync(join(tmpdir(), 'nestlab-tty-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, 'oracle');
  try {
    execFileSync('gcc', ['-O1', '-o', program, new URL('oracle.c', import.meta.url).pathname], { stdio: 'pipe' });
  } catch {
    return { missing: 'needs gcc' };
  }
  return spawnSync(program, { input: '' }).status === 0 ? { program } : { missing: 'needs /dev/ptmx' };
}

const oracle = build();
if ('missing' in oracle) console.log(`skipped: line discipline against the real kernel (${oracle.missing})`);

const hex = (bytes: Iterable<number>) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const unhex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The same commands on our terminal. */
function ours(lines: readonly string[]): string[] {
  let screen: number[] = [];
  function* write(bytes: Uint8Array) {
    screen.push(...bytes);
    return bytes.length;
  }
  const terminal = new Terminal(
    1,
    { write },
    [24, 80],
    () => 0,
    () => {},
  );
  return lines.map((line) => {
    const [verb, ...words] = line.split(' ');
    switch (verb) {
      case 's': {
        const [iflag, oflag, lflag] = words.slice(0, 3).map(Number);
        terminal.configure({ ...terminal.termios, iflag, oflag, lflag, cc: unhex(words[3]) });
        return '0';
      }
      case 't':
        terminal.receive(unhex(words[0]));
        return `${words[0].length / 2}`;
      case 'w': {
        const step = terminal.write(unhex(words[0])).next();
        return `${step.value}`;
      }
      case 'r':
        return readNow(terminal, Number(words[0]));
      case 'o': {
        const shown = hex(screen);
        screen = [];
        return shown;
      }
      case 'f':
        terminal.flush(Number(words[0]));
        return '0';
      case 'a':
        return `${terminal.available}`;
      default:
        return `${terminal.events & (F.POLLIN | F.POLLOUT)}`;
    }
  });
}

/** A read with O_NONBLOCK, as src/kernel/dev/tty.ts does it. */
function readNow(terminal: Terminal, most: number): string {
  const reading = terminal.read(most, 0);
  if (reading.error === 0) return hex(reading.bytes);
  const raw = !(terminal.termios.lflag & F.ICANON);
  return raw && terminal.available > 0 ? hex(terminal.takeWhatIsThere(most)) : `${reading.error}`;
}

/** ^C ^\ DEL ^U ^D VTIME VMIN none ^Q ^S ^Z EOL ^R ^O ^W ^V EOL2 */
const CONTROL = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0];
const TYPED = [
  ...[...'abc xyz_9.,'].map((c) => c.charCodeAt(0)),
  ...[9, 10, 13, 3, 4, 8, 18, 21, 22, 23, 26, 28, 127, 1, 27, 0, 0xc3, 0xa9, 0xff, 0x41],
];

function randomScript(seed: number, flow: boolean): string[] {
  const dice = new Dice(seed);
  const lines: string[] = [];
  const some = <T extends number>(flags: readonly T[], odds = 2) =>
    flags.reduce((sum, flag) => (dice.below(odds) === 0 ? sum | flag : sum), 0);
  const typed = flow ? [...TYPED, 17, 19] : TYPED;
  const text = (most: number) => hex(Array.from({ length: 1 + dice.below(most) }, () => dice.of(typed)));
  const settings = () => {
    const iflag =
      some([F.ICRNL, F.INLCR, F.IGNCR, F.ISTRIP, F.IUTF8], 3) | (flow ? F.IXON : 0) | some([F.IUCLC, F.IXANY], 6);
    const oflag = some([F.OPOST, F.ONLCR]) | some([F.OCRNL, F.ONOCR, F.ONLRET, F.OLCUC, F.XTABS], 5) | F.OPOST;
    const lflag =
      some([F.ICANON, F.ECHO, F.ECHO, F.ECHOE, F.ECHOK, F.ECHOCTL, F.ECHOKE, F.IEXTEN, F.ISIG]) |
      some([F.ECHONL, F.ECHOPRT, F.NOFLSH], 5) |
      (dice.below(3) ? F.ICANON | F.ECHO : 0);
    const cc = [...CONTROL];
    cc[F.VMIN] = dice.of([0, 1, 1, 3]);
    if (dice.below(4) === 0) cc[F.VEOL] = 0x2e;
    if (dice.below(4) === 0) cc[F.VEOL2] = 0x2c;
    if (dice.below(8) === 0) cc[F.VERASE] = 8;
    lines.push(`s ${iflag} ${oflag} ${lflag} ${hex(cc)}`);
  };
  settings();
  for (let i = 0; i < 60; i++) {
    const kind = dice.below(20);
    if (kind < 9) lines.push(`t ${text(12)}`);
    else if (kind < 13) lines.push(`r ${dice.of([1, 5, 100, 100, 4096])}`);
    else if (kind < 16) lines.push(`w ${text(10)}`);
    else if (kind === 16) lines.push('a');
    else if (kind === 17) lines.push('p');
    else if (kind === 18) lines.push(`f ${dice.of([0, 0, 1])}`);
    else settings();
    lines.push('o');
  }
  return lines;
}

function differences(lines: readonly string[]): string[] {
  const { stdout } = spawnSync((oracle as { program: string }).program, {
    input: `${lines.join('\n')}\n`,
    encoding: 'latin1',
    timeout: 20_000,
  });
  const real = stdout.split('\n');
  const mine = ours(lines);
  const at = lines.findIndex((_, i) => real[i] !== mine[i]);
  if (at < 0) return [];
  const setting = lines.slice(0, at).findLast((line) => line.startsWith('s'));
  return [`${setting}`, ...lines.slice(Math.max(0, at - 3), at + 1), `real ${real[at]}`, `ours ${mine[at]}`];
}

/** Differences that show every time: the real kernel takes typed bytes in when its worker runs, late on a busy machine. */
function persistent(lines: readonly string[]): string[] {
  let found: string[] = [];
  for (let i = 0; i < 4; i++) {
    found = differences(lines);
    if (found.length === 0) break;
  }
  return found;
}

const SEEDS = Number(process.env.NESTLAB_TTY_SEEDS ?? 12);
const START = Number(process.env.NESTLAB_TTY_SEED ?? 1);

describe.skipIf('missing' in oracle)('a random conversation with a terminal, as on the real kernel', () => {
  for (let seed = START; seed < START + SEEDS; seed++)
    it(`seed ${seed}`, () => {
      expect(persistent(randomScript(seed, false))).toEqual([]);
    });
});

describe.skipIf('missing' in oracle)('the same with ^S and ^Q', () => {
  for (let seed = START; seed < START + SEEDS; seed++)
    it(`seed ${seed}`, () => {
      expect(persistent(randomScript(seed * 7919, true))).toEqual([]);
    });
});

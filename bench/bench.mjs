#!/usr/bin/env node
// Speed of nestlab in wall-clock time, beside the real kernel and qemu-i386 where they are at hand.
//   npm run bench [-- --json] [-- --rounds N] [-- --only REGEX]
// Every figure is a slope between a short and a long run, so that start-up drops out; medians over the rounds. What is
// compared with one another (guests with the host) runs by turns, and counts with the least CPU time of the rounds.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, nativeCommand, nativePossible, nestedOptions, PROGRAMS, withFolder } from './debian.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const project = join(here, '..');
const main = process.env.NESTLAB_MAIN ?? join(project, 'dist', 'main.js');
const words = process.argv.slice(2);
const option = (name, otherwise) => (words.includes(name) ? words[words.indexOf(name) + 1] : otherwise);
const rounds = Number(option('--rounds', 3));
/** Only what has a name like this. */
const only = new RegExp(option('--only', ''));

/** Programs for the processor, with the counts of a short and a long run. */
const CPU = [
  { name: 'records', counts: [400_000, 4_000_000], target: 60 },
  { name: 'sieve', counts: [2, 12], target: 60 },
  { name: 'sha', counts: [20, 120], target: 60 },
  { name: 'bytecode', counts: [4_000, 40_000], target: 60 },
  { name: 'matmul', counts: [2, 12], target: 10 },
];
const INTEGER = ['records', 'sieve', 'sha', 'bytecode'];
/**
 * The short runs are long enough for V8 to have compiled the machine's loop in both (src/machine/machine.ts, SHORT).
 * Operations: the probe, its arguments behind the count, counts, unit, and the most that it may take.
 */
const OPERATIONS = [
  { name: 'int 0x80 getpid', probe: 'probe-getpid', counts: [200_000, 1_200_000], unit: 'us', target: 1 },
  { name: 'fork + wait', probe: 'probe-fork', counts: [500, 2500], unit: 'us' },
  { name: 'fork + exec + wait, own program', probe: 'probe-exec', counts: [300, 1300], unit: 'ms' },
  { name: 'page fault', probe: 'probe-fault', counts: [10_000, 60_000], unit: 'us' },
  { name: 'pipe round trip', probe: 'probe-pipe', counts: [10_000, 60_000], unit: 'us' },
  { name: 'signal', probe: 'probe-signal', counts: [10_000, 60_000], unit: 'us' },
];
/**
 * Operations under one guest kernel, by tower. Few instructions lie between two calls: the short runs must be long for the
 * loop to have been compiled.
 */
const GUESTS = ['sysemu', 'skas', 'tt', 'umlinux', 'ktrace', 'ktrace+segments', 'ktrace+pagetables', 'gate'];
const GUEST_OPERATIONS = [
  {
    name: 'null call',
    probe: 'probe-getpid',
    counts: [200_000, 500_000],
    unit: 'us',
    targets: { sysemu: 6, 'ktrace+segments': 2, 'ktrace+pagetables': 2, gate: 2 },
  },
  { name: 'page fault', probe: 'probe-fault', counts: [15_000, 45_000], unit: 'us' },
  { name: 'pipe round trip', probe: 'probe-pipe', counts: [40_000, 100_000], unit: 'us' },
  { name: 'fork + exec + wait', probe: 'probe-exec', counts: [50, 250], unit: 'ms' },
];
/** Guests in which the programs for the processor run beside the host, and the least part of its speed that is wanted. */
const CPU_GUESTS = { sysemu: 0.95, 'ktrace+segments': 0.95, 'ktrace+pagetables': 0.95 };
/** `ktrace+segments` against `ktrace+pagetables`: what a limit costs instructions. */
const LIMITED = { name: 'ktrace+segments', beside: 'ktrace+pagetables', target: 0.97 };
const SCALE = { us: 1e6, ms: 1e3 };

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const qemu = spawnSync('qemu-i386', ['--version']).status === 0;
const nativeRuns = process.platform === 'linux' && process.arch === 'x64';

/** Seconds that a command takes; throws when it fails. */
function seconds(command, args, input = '') {
  const start = process.hrtime.bigint();
  const run = spawnSync(command, args, { encoding: 'utf8', input, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${run.status}\n${run.stderr}`);
  return { time: Number(process.hrtime.bigint() - start) / 1e9, stderr: run.stderr };
}

/** Seconds per unit of count, and instructions per unit where nestlab tells. */
function slope([short, long], run) {
  const times = [];
  let instructions = 0;
  for (let round = 0; round < rounds; round++) {
    const a = run(short);
    const b = run(long);
    times.push((b.time - a.time) / (long - short));
    instructions = (b.instructions - a.instructions) / (long - short);
  }
  return { time: Math.max(median(times), 1e-12), instructions };
}

/** CPU seconds that a command takes, as the shell tells; throws when it fails. */
function busySeconds(command, args) {
  const script = '"$@" >/dev/null; status=$?; times; exit $status';
  const run = spawnSync('sh', ['-c', script, 'sh', command, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${run.status}\n${run.stderr}`);
  // The second line is of the children: user and system time, as in 0m1.25s.
  const times = run.stdout.trim().split('\n')[1].split(' ');
  const time = times.reduce(
    (sum, text) => sum + Number(text.split('m')[0]) * 60 + Number.parseFloat(text.split('m')[1]),
    0,
  );
  return { time, stderr: run.stderr };
}

/** Runs a program in nestlab: `root` holds it. */
function nested(root, line, input = '', measure = seconds) {
  const { time, stderr } = measure(process.execPath, [main, 'run', '--stat', '--json', ...root, '--', ...line], input);
  return { time, instructions: JSON.parse(stderr.trim().split('\n').pop()).instructions };
}

/** As `slope` for several runs by turns, from the least CPU time of each; by name. */
function slopesByTurns([short, long], runs) {
  const least = Object.fromEntries(
    Object.keys(runs).map((name) => [name, [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]]),
  );
  const instructions = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const [a, b] = [run(short), run(long)];
      least[name] = [Math.min(least[name][0], a.time), Math.min(least[name][1], b.time)];
      instructions[name] = (b.instructions - a.instructions) / (long - short);
    }
  }
  return Object.fromEntries(
    Object.entries(least).map(([name, [a, b]]) => [
      name,
      { time: Math.max((b - a) / (long - short), 1e-12), instructions: instructions[name] },
    ]),
  );
}

const engines = {
  native: nativeRuns && ((file, args) => seconds(file, args)),
  qemu: qemu && ((file, args) => seconds('qemu-i386', [file, ...args])),
};
const say = (line) => process.stderr.write(`${line}\n`);
const result = {
  node: process.version,
  rounds,
  cpu: [],
  operations: [],
  inGuest: [],
  start: {},
  resident: {},
  skipped: [],
};

for (const { name, counts, target } of CPU.filter((each) => only.test(each.name))) {
  say(`processor: ${name}`);
  const own = slope(counts, (count) => nested(['--root', join(here, 'bin')], [`/${name}`, String(count)]));
  const row = { name, mips: own.instructions / own.time / 1e6, target };
  for (const [engine, run] of Object.entries(engines)) {
    if (run)
      row[engine] =
        own.instructions / slope(counts, (count) => run(join(here, 'bin', name), [String(count)])).time / 1e6;
  }
  result.cpu.push(row);
}
const integer = result.cpu.filter(({ name }) => INTEGER.includes(name));
if (integer.length > 0)
  result.geometricMean = Math.exp(integer.reduce((sum, { mips }) => sum + Math.log(mips), 0) / integer.length);

for (const { name, probe, counts, unit, target } of OPERATIONS.filter((each) => only.test(each.name))) {
  say(`operation: ${name}`);
  const scale = SCALE[unit];
  const row = {
    name,
    unit,
    time: slope(counts, (count) => nested([], [`/bin/${probe}`, String(count)])).time * scale,
    target,
  };
  const file = join(project, 'programs', 'bin', probe);
  for (const [engine, run] of Object.entries(engines)) {
    if (run) row[engine] = slope(counts, (count) => run(file, [String(count)])).time * scale;
  }
  result.operations.push(row);
}

for (const { name, probe, counts, unit, targets = {} } of GUEST_OPERATIONS) {
  const towers = GUESTS.filter((tower) => only.test(`${tower}: ${name}`));
  if (towers.length === 0) continue;
  say(`operation: ${name} in ${towers.join(', ')}`);
  const run = (tower) => (count) => nested(['--guest', tower], [`/bin/${probe}`, String(count)], '', busySeconds);
  const found = slopesByTurns(counts, Object.fromEntries(towers.map((tower) => [tower, run(tower)])));
  for (const tower of towers)
    result.operations.push({
      name: `${tower}: ${name}`,
      unit,
      time: found[tower].time * SCALE[unit],
      target: targets[tower],
    });
}
for (const { name, counts } of CPU.filter(({ name }) => only.test(`in a guest: ${name}`))) {
  say(`in a guest: ${name}`);
  const run = (options) => (count) =>
    nested([...options, '--root', join(here, 'bin')], [`/${name}`, String(count)], '', busySeconds);
  const runs = { host: run([]) };
  for (const tower of Object.keys(CPU_GUESTS)) runs[tower] = run(['--guest', tower]);
  const found = slopesByTurns(counts, runs);
  const rate = (where) => found[where].instructions / found[where].time;
  for (const [tower, target] of Object.entries(CPU_GUESTS))
    result.inGuest.push({ name: `${name} in ${tower}, x the host's speed`, ratio: rate(tower) / rate('host'), target });
  result.inGuest.push({
    name: `${name} in ${LIMITED.name}, x ${LIMITED.beside}`,
    ratio: rate(LIMITED.name) / rate(LIMITED.beside),
    target: LIMITED.target,
  });
}

const busybox = join(project, 'cache', 'root', 'busybox-static');
if (only.test('busybox') && existsSync(join(busybox, 'bin', 'busybox'))) {
  say('operation: fork + exec + wait of busybox');
  const script = (count) => `i=0; while [ $i -lt ${count} ]; do /bin/busybox true; i=$((i+1)); done`;
  const line = (count) => ['/bin/busybox', 'sh', '-c', script(count)];
  const time = slope([20, 220], (count) => nested(['--root', busybox], line(count))).time * 1e3;
  const row = { name: 'fork + exec + wait, busybox', unit: 'ms', time, target: 5 };
  const file = join(busybox, 'bin', 'busybox');
  const local = (count) => ['sh', '-c', script(count).replace('/bin/busybox', file)];
  for (const [engine, run] of Object.entries(engines)) {
    // Under qemu-i386 the children would run natively: no figure.
    if (run && engine !== 'qemu') row[engine] = slope([20, 220], (count) => run(file, local(count))).time * 1e3;
  }
  result.operations.push(row);
  say('resident memory: busybox sh');
  result.resident = { name: 'busybox sh, --mem 64M', megabytes: await resident(busybox), target: 200 };
}

const debian = join(project, 'cache', 'debian');
const programs = PROGRAMS.filter((each) => only.test(each.name));
const why = programs.length === 0 ? undefined : missing(debian);
if (why !== undefined) {
  say(`Debian's programs: skipped, ${why}`);
  result.skipped.push(...programs.map(({ name }) => ({ name, why })));
} else {
  const chroot = nativeRuns && nativePossible();
  for (const { name, unit, counts, line, input = () => '', children } of programs) {
    say(`program: ${name}`);
    const runs = {
      time: (count) => nested(nestedOptions(debian), line(count, '/tmp'), input(count)),
      native: chroot && ((count) => seconds(...nativeCommand(debian, line(count, '/tmp')), input(count))),
      qemu:
        qemu && !children && ((count) => withFolder((folder) => emulated(debian, line(count, folder), input(count)))),
    };
    const row = { name, unit };
    for (const [engine, run] of Object.entries(runs)) if (run) row[engine] = slope(counts, run).time * SCALE[unit];
    result.operations.push(row);
  }
}

/** Runs a dynamic program with qemu-i386. */
function emulated(root, [program, ...args], input) {
  return seconds('qemu-i386', ['-L', root, join(root, 'usr', 'bin', program), ...args], input);
}

say('start-up');
const many = (command, args) =>
  median(Array.from({ length: Math.max(7, rounds) }, () => seconds(command, args).time * 1e3));
const bare = many(process.execPath, ['-e', '0']);
result.start = {
  name: 'nestlab run -- /bin/true beyond node -e 0',
  unit: 'ms',
  node: bare,
  time: many(process.execPath, [main, 'run', '--', '/bin/true']) - bare,
  target: 150,
};
if (missing(debian) === undefined) {
  const line = ['run', ...nestedOptions(debian), '--', 'ls', '/'];
  result.startDynamic = {
    name: 'the same with ls of Debian, dynamic',
    unit: 'ms',
    time: many(process.execPath, [main, ...line]) - bare,
  };
}
// How many times as long as elsewhere.
for (const row of result.operations)
  row.ratio = { native: row.native && row.time / row.native, qemu: row.qemu && row.time / row.qemu };
for (const row of result.cpu)
  row.ratio = { native: row.native && row.native / row.mips, qemu: row.qemu && row.qemu / row.mips };

if (words.includes('--json')) console.log(JSON.stringify(result, null, 2));
else table();

/** Peak resident megabytes of an interactive-like busybox shell that has run a few commands. */
async function resident(root) {
  const child = spawn(process.execPath, [main, 'run', '--mem', '64M', '--root', root, '--', '/bin/busybox', 'sh'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write('for i in 1 2 3 4 5 6 7 8 9; do busybox ls /bin | busybox wc -l; done; echo ready\n');
  for await (const chunk of child.stdout) if (String(chunk).includes('ready')) break;
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  child.stdin.end('exit\n');
  child.kill();
  return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024;
}

function table() {
  const number = (value) => (value === undefined ? '-' : value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const row = (...cells) =>
    console.log(
      cells[0].padEnd(48) +
        cells
          .slice(1)
          .map((cell) => String(cell).padStart(10))
          .join(''),
    );
  const ratios = ({ ratio }) => [number(ratio.native), number(ratio.qemu)];
  row('million instructions a second', 'nestlab', 'native', 'qemu-i386', 'x native', 'x qemu', 'at least');
  for (const each of result.cpu)
    row(each.name, number(each.mips), number(each.native), number(each.qemu), ...ratios(each), each.target);
  if (result.geometricMean) row('geometric mean of the integer four', number(result.geometricMean), '', '', '', '', 60);
  console.log();
  row('time of one operation', 'nestlab', 'native', 'qemu-i386', 'x native', 'x qemu', 'at most');
  for (const each of result.operations)
    row(
      `${each.name} (${each.unit})`,
      number(each.time),
      number(each.native),
      number(each.qemu),
      ...ratios(each),
      each.target ?? '',
    );
  for (const { name, ratio, target } of result.inGuest) row(name, number(ratio), '', '', '', '', `>= ${target}`);
  for (const { name, why: reason } of result.skipped) console.log(`${name}: skipped, ${reason}`);
  for (const { name, time, target } of [result.start, result.startDynamic ?? []].flat())
    row(`${name} (ms)`.slice(0, 43), number(time), '', '', '', '', target ?? '');
  if (result.resident.name)
    row(
      `resident: ${result.resident.name} (MB)`.slice(0, 43),
      number(result.resident.megabytes),
      '',
      '',
      '',
      '',
      result.resident.target,
    );
}

// Debian's programs as users run them: dynamic start-up, forks of a shell, threads, a database, a build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATH = 'PATH=/usr/bin:/bin';

/** Text that compresses like text: words of a small vocabulary, by a fixed generator. */
function text(length) {
  const words = 'of the ring a page table is kept for each task and its frame may be shared by many'.split(' ');
  const parts = [];
  let state = 1;
  for (let size = 0; size < length; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const word = state >>> 28 === 0 ? `${state}\n` : `${words[(state >>> 16) % words.length]} `;
    parts.push(word);
    size += word.length;
  }
  return parts.join('').slice(0, length);
}

const rows = (count) =>
  Array.from({ length: count }, (_, n) => `insert into t values (${n}, ${(n * 7919) % 10007}, 'row ${n}');`).join('\n');
const targets = (count) => Array.from({ length: count }, (_, n) => `t${n}`);

/**
 * What is run: counts of a short and a long run, the command line, what it reads. `children`: it starts programs, which
 * qemu-i386 would run natively.
 */
export const PROGRAMS = [
  {
    name: 'start of ls, dynamic',
    unit: 'ms',
    counts: [5, 45],
    line: (count) => ['sh', '-c', `i=0; while [ $i -lt ${count} ]; do ls / >/dev/null; i=$((i+1)); done`],
    children: true,
  },
  {
    name: 'fork + wait of bash (1,000)',
    unit: 'us',
    counts: [100, 1100],
    line: (count) => ['bash', '-c', `for ((i = 0; i < ${count}; i++)); do (:); done`],
  },
  {
    name: 'xz -T2, 256 KiB of text',
    unit: 'ms',
    counts: [2, 8],
    line: () => ['xz', '-T2', '-0', '--block-size=262144', '-c'],
    input: (count) => text(count << 18),
  },
  {
    name: 'sqlite3, a row inserted (10,000)',
    unit: 'us',
    counts: [500, 10_500],
    line: (_, folder) => ['sqlite3', `${folder}/bench.db`],
    input: (count) =>
      `create table t(a integer primary key, b, c);\nbegin;\n${rows(count)}\ncommit;\nselect sum(b) from t;\n`,
  },
  {
    name: 'make, a target (200)',
    unit: 'ms',
    counts: [20, 220],
    line: () => ['make', '-s', '-f', '-'],
    input: (count) => `all: ${targets(count).join(' ')}\n${targets(count).join(' ')}:\n\t@test -n $@\n`,
    children: true,
  },
];

/** Why the programs cannot be run; undefined when they can. */
export function missing(root) {
  if (existsSync(join(root, '.packages'))) return undefined;
  return `no ${root}: run scripts/debian-root.sh cache/debian $(cat test/debian/packages)`;
}

/** Words of `nestlab run` before a line of PROGRAMS. */
export const nestedOptions = (root) => ['--root', root, '--mem', '256M', '--env', PATH];

/** Command and words that run a line on the real kernel, in a chroot with a fresh /tmp. */
export function nativeCommand(root, line) {
  const mounts = `mount --rbind /dev ${root}/dev && mount -t proc proc ${root}/proc && mount -t tmpfs tmpfs ${root}/tmp`;
  const enter = `${mounts} && exec setarch i686 env -i ${PATH} "$(command -v chroot)" "$@"`;
  return ['unshare', ['--mount', 'sh', '-c', enter, 'sh', root, ...line]];
}

/** Whether this user may do that. */
export function nativePossible() {
  return spawnSync('unshare', ['--mount', 'chroot', '/', 'true']).status === 0;
}

/** Runs `use` with a folder of this computer that is gone afterwards. */
export function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

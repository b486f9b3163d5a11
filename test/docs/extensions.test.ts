/** docs/extensions.md: our figures are what its command prints now; `npm run docs` writes them anew. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PARTS, type Part } from '../../src/lab/compare/cycles.ts';
import { MAIN } from '../cli/nestlab.ts';

const FILE = new URL('../../docs/extensions.md', import.meta.url);
const BEFORE = 'umlinux';
const AFTER = 'ktrace+segments+pagetables';
const folder = mkdtempSync(join(tmpdir(), 'nestlab-extensions-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'nestlab'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
chmodSync(join(folder, 'nestlab'), 0o755);

/** As `--export-json` writes it, as far as it is read here. */
interface Row {
  readonly tower: string;
  readonly counts: { readonly crossings: number };
  readonly cycles: number;
  readonly cyclesBy: Readonly<Record<Part, number>>;
}
interface Exported {
  readonly operations: readonly { readonly name: string; readonly rows: readonly Row[] }[];
}

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0].map((_, n) => Math.max(3, ...rows.map((row) => row[n].length)));
  const cell = (text: string, n: number): string => (n === 0 ? text.padEnd(widths[n]) : text.padStart(widths[n]));
  const rule = widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [rows[0], rule, ...rows.slice(1)].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
};

/** The lines of a tower in the printed tables, one for each processor. */
function linesOf(printed: string, tower: string): number[][] {
  return printed
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter(([name, first]) => name === tower && /^[\d.]+$/.test(first))
    .map(([, ...cells]) => cells.map(Number));
}

/** 'least % to most %' over the processors. */
function range(rows: readonly number[][], column: number): string {
  const all = rows.map((row) => row[column]);
  return `${Math.min(...all)} % to ${Math.max(...all)} %`;
}

function besides(printed: string, { operations }: Exported): string {
  const published: Readonly<Record<string, string>> = {
    compute: 'CPU bound: 33 % to 6 %',
    calls: 'system calls: 819 % to 49 %',
    copy: 'I/O: 1240 % to 24 %',
    build: 'intensive use: to 14 %-35 %',
  };
  const [before, after] = [BEFORE, AFTER].map((tower) => linesOf(printed, tower));
  const rows = operations.map(({ name }, n) => [name, range(before, n), range(after, n), published[name]]);
  return table([['work', 'before', 'after', 'published'], ...rows]);
}

/** Cycles in thousands by what they are for. */
function parts({ operations }: Exported): string {
  const towers = ['native', BEFORE, 'ktrace', 'ktrace+segments'];
  const rows = ['calls', 'build'].flatMap((name) => {
    const found = operations.find((operation) => operation.name === name)!.rows;
    const of = (tower: string): Row => found.find((row) => row.tower === tower)!;
    const thousands = (cycles: number): string => String(Math.round(cycles / 1000));
    const each = (Object.keys(PARTS) as Part[])
      .filter((part) => towers.some((tower) => Math.round(of(tower).cyclesBy[part] / 1000) > 0))
      .map((part) => [
        `${name}: ${PARTS[part].meaning}`,
        ...towers.map((tower) => thousands(of(tower).cyclesBy[part])),
      ]);
    return [...each, [`**${name}, all**`, ...towers.map((tower) => thousands(of(tower).cycles))]];
  });
  return table([['cycles / 1000', ...towers], ...rows]);
}

/** Cycles of the host for a trap of `calls`. */
function perTrap({ operations }: Exported): string {
  const [native] = operations.find(({ name }) => name === 'calls')!.rows;
  return String(Math.round(native.cycles / native.counts.crossings / 10) * 10);
}

it('shows what is measured', { timeout: 400_000 }, () => {
  const text = readFileSync(FILE, 'utf8');
  const [whole, command] = /```console\n\$ (.*)\n[\s\S]*?```/.exec(text)!;
  const { stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const exported = JSON.parse(readFileSync(join(folder, 'work.json'), 'utf8')) as Exported;
  const made = {
    beside: `\n\n${besides(stdout, exported)}\n\n`,
    parts: `\n\n${parts(exported)}\n\n`,
    trap: perTrap(exported),
  };
  let now = text.replace(whole, () => `\`\`\`console\n$ ${command}\n${stdout}\`\`\``);
  for (const [name, words] of Object.entries(made))
    now = now.replace(
      new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`),
      () => `<!-- ${name} -->${words}<!-- end -->`,
    );
  if (process.env.NESTLAB_WRITE_DOCS === '1') writeFileSync(FILE, now);
  else expect(now).toBe(text);
});

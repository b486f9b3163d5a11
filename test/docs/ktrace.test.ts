/** docs/ktrace.md: tables from the tables of the language, output from runs; `npm run docs` writes both anew. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AGGREGATES } from '../../src/ktrace/aggregates.ts';
import { PROVIDERS } from '../../src/ktrace/probes.ts';
import { KINDS } from '../../src/ktrace/scope.ts';
import { studyScript } from '../../src/ktrace/script.ts';
import { VARIABLES } from '../../src/ktrace/variables.ts';
import { VERBS } from '../../src/ktrace/verbs.ts';
import { MAIN } from '../cli/nestlab.ts';

const FILE = new URL('../../docs/ktrace.md', import.meta.url);
const writes = process.env.NESTLAB_WRITE_DOCS === '1';
const folder = mkdtempSync(join(tmpdir(), 'nestlab-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'nestlab'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
chmodSync(join(folder, 'nestlab'), 0o755);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, head.map(() => ''), ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))];
  const widths = head.map((_, n) => Math.max(...all.map((row) => row[n].length), 3));
  return all
    .map(
      (row, line) =>
        `| ${row.map((cell, n) => (line === 1 ? '-'.repeat(widths[n]) : cell.padEnd(widths[n]))).join(' | ')} |`,
    )
    .join('\n');
};

const TABLES: Readonly<Record<string, string>> = {
  probes: table(
    ['probe', 'when'],
    PROVIDERS.map(({ name, parts, says }) => [`\`${[name, ...parts].join(':')}\``, says]),
  ),
  variables: table(
    ['name', 'type', 'at', 'what'],
    VARIABLES.map(({ name, type, at, says }) => [
      `\`${name}\``,
      type,
      at ? at.map((kind) => KINDS[kind]).join(', ') : 'every probe',
      says,
    ]),
  ),
  aggregates: table(
    ['aggregation', 'what it keeps'],
    AGGREGATES.map(({ name, parameters, summary }) => [`\`${name}(${parameters.join(', ')})\``, summary]),
  ),
  verbs: table(
    ['verb', 'what it does', 'at'],
    VERBS.map(({ name, parameters, summary, at }) => [
      name === 'mode'
        ? '`mode = app`, `mode = kernel`'
        : `\`${name}(${parameters.map((kind) => (kind === 'constant' ? 'number' : kind)).join(', ')})\``,
      summary,
      at.map((kind) => KINDS[kind]).join(', '),
    ]),
  ),
};

const text = readFileSync(FILE, 'utf8');
const CONSOLE = /```console\n([\s\S]*?)```/g;

it('has the tables of the language', () => {
  const wanted = Object.entries(TABLES).reduce(
    (page, [name, rows]) =>
      page.replace(
        new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`),
        () => `<!-- ${name} -->\n\n${rows}\n\n<!-- end -->`,
      ),
    text,
  );
  if (writes) writeFileSync(FILE, wanted);
  else expect(wanted).toBe(text);
});

it.each([...text.matchAll(/```ktrace\n([\s\S]*?)```/g)].map(([, script]) => [script]))('is right: %s', (script) => {
  expect(studyScript(script)).not.toHaveProperty('mistake');
});

/** A console block with the output that its commands have now. */
function run(block: string): string {
  const commands = block.split('\n').filter((line) => line.startsWith('$ '));
  return commands
    .map((line) => {
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
      const { stdout, stderr } = spawnSync('sh', ['-c', line.slice(2)], {
        env,
        encoding: 'utf8',
        timeout: 60_000,
        input: '',
      });
      return `${line}\n${stdout}${stderr}`;
    })
    .join('');
}

describe('shows what is printed', () => {
  it.each([...text.matchAll(CONSOLE)].map(([, block]) => [block]))('%s', (block) => {
    const now = run(block);
    if (writes)
      writeFileSync(
        FILE,
        readFileSync(FILE, 'utf8').replace(`\`\`\`console\n${block}\`\`\``, () => `\`\`\`console\n${now}\`\`\``),
      );
    else expect(now).toBe(block);
  });
});

it('src/ktrace/README.md shows a script that is right', () => {
  const readme = readFileSync(new URL('../../src/ktrace/README.md', import.meta.url), 'utf8');
  const scripts = [...readme.matchAll(/```ktrace\n([\s\S]*?)```/g)];
  expect(scripts).toHaveLength(1);
  for (const [, script] of scripts) expect(studyScript(script)).not.toHaveProperty('mistake');
});

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SYSCALLS } from '../../src/abi/syscalls.ts';
import { CALLS } from '../../src/kernel/calls/table.ts';

const FILE = new URL('../../docs/caveats.md', import.meta.url);

/** Puts lines between the marks of a block of the page. */
function replace(page: string, block: string, lines: string): string {
  return page.replace(new RegExp(`<!-- ${block} -->\n[^]*?<!-- end -->`), `<!-- ${block} -->\n${lines}\n<!-- end -->`);
}

/** Restrictions in the order of their words, each with the calls that have it. */
function notes(): string {
  const byNote = new Map<string, string[]>();
  for (const row of CALLS) if (row?.note) byNote.set(row.note, [...(byNote.get(row.note) ?? []), row.name]);
  return [...byNote].map(([note, names]) => `- ${names.join(', ')}: ${note}`).join('\n');
}

/** Names in lines of a readable length. */
function missing(): string {
  const names = SYSCALLS.filter((row) => !CALLS[row.number]).map((row) => row.name);
  return names
    .reduce<string[]>((lines, name) => {
      const last = lines.at(-1);
      if (last !== undefined && last.length + name.length < 118) lines[lines.length - 1] = `${last} ${name}`;
      else lines.push(name);
      return lines;
    }, [])
    .join('\n');
}

it('docs/caveats.md lists every restriction and every missing call (npm run docs writes them anew)', () => {
  const page = readFileSync(FILE, 'utf8');
  const wanted = replace(replace(page, 'notes', notes()), 'missing', missing());
  if (process.env.NESTLAB_WRITE_DOCS === '1') writeFileSync(FILE, wanted);
  else expect(page).toBe(wanted);
});

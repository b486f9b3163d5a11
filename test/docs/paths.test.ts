import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Pages whose words in backquotes may be paths. */
const PAGES = [
  'README.md',
  ...readdirSync(join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What is made by a build or fetched, and so may be absent. */
const MADE = /^(cache|dist|node_modules)\//;

it.each(PAGES)('%s names files that exist', (page) => {
  const text = readFileSync(join(PROJECT, page), 'utf8');
  const words = [...text.matchAll(/`([^`\s]+)`/g)].map(([, word]) => word);
  const paths = words.filter((word) => /^(src|test|docs|programs|scripts|bench|\.ci)\//.test(word) && !MADE.test(word));
  expect(paths.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
});

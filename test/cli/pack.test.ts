import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** npm with its chatter off; packages come from its cache where they are there. */
function npm(cwd: string, command: string, ...words: string[]): string {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  return execFileSync(command, [...words, ...(command === 'npm' ? quiet : [])], {
    cwd,
    encoding: 'utf8',
    timeout: 110_000,
  });
}

it('the packed package works where it is installed', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nestlab-pack-'));
  try {
    // --ignore-scripts: `npm test` has built dist/ already.
    npm(PACKAGE, 'npm', 'pack', '--silent', '--pack-destination', dir);
    const elsewhere = join(dir, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }');
    const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    npm(elsewhere, 'npm', 'install', join(dir, `nestlab-${version}.tgz`));
    expect(npm(elsewhere, 'npx', '--no-install', 'nestlab', 'run', '--', '/bin/hello')).toBe('Hello from nestlab\n');
    expect(npm(elsewhere, 'npx', '--no-install', 'nestlab', 'run', 'sh', '-c', 'cat /etc/hostname')).toBe('nestlab\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases, found, runScript, runsNatively, stageRoot, writeFixture } from './stage.ts';

const bash = found('/bin/bash', '/usr/bin/bash');

describe.skipIf(!runsNatively)('programs/tools on the real kernel (linux x64 only)', () => {
  let root = '';
  beforeAll(() => {
    root = stageRoot();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  // The literals are what coreutils, grep, sed and findutils of Debian 12 printed.
  test.each(cases('tool-cases.json').map((c) => [c.script, c] as const))('%s', (script, { stdout, status }) => {
    const ours = runScript([join(root, 'bin/sh')], join(root, 'bin'), script, writeFixture);
    expect({ stdout: ours.stdout, status: ours.status }).toEqual({ stdout, status });
    if (!bash) return;
    const theirs = runScript([bash], '/usr/bin:/bin', script, writeFixture);
    expect({ stdout: theirs.stdout, status: theirs.status }).toEqual({ stdout, status });
  });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases, found, runScript, runsNatively, stageRoot } from './stage.ts';

// The literals are what dash (or bash --posix, where dash differs) printed; where they are installed, they are asked again.
const shells = {
  dash: { file: found('/usr/bin/dash', '/bin/dash'), args: [] },
  bash: { file: found('/bin/bash', '/usr/bin/bash'), args: ['--posix'] },
};

describe.skipIf(!runsNatively)('programs/sh on the real kernel (linux x64 only)', () => {
  let root = '';
  beforeAll(() => {
    root = stageRoot();
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test.each(cases('shell-cases.json').map((c) => [c.script, c] as const))(
    '%s',
    (script, { stdout, status, oracle }) => {
      const ours = runScript([join(root, 'bin/sh')], join(root, 'bin'), script);
      expect({ stdout: ours.stdout, status: ours.status }).toEqual({ stdout, status });
      const shell = shells[oracle];
      if (!shell.file) return;
      const theirs = runScript([shell.file, ...shell.args], '/usr/bin:/bin', script);
      expect({ stdout: theirs.stdout, status: theirs.status }).toEqual({ stdout, status });
    },
  );
});

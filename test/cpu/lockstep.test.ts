/** Whole programs in lockstep with the real processor: every instruction, and memory at every entry into the kernel. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runInLockstep } from './lockstep-run.ts';
import { whyNoOracle } from './oracle.ts';

const missing = whyNoOracle();
const suffix = missing ? ` (skipped: ${missing})` : '';

/** Our own programs: name, arguments, expected output where it is known by hand. */
const OURS: readonly (readonly [argv: readonly string[], output: string | undefined])[] = [
  [['/bin/hello'], 'Hello from nestlab\n'],
  [['/bin/echo', 'one', 'two'], 'one two\n'],
  [['/bin/sh', '-c', 'for i in 1 2 3; do echo $i; done'], '1\n2\n3\n'],
  [['/bin/sh', '-c', 'echo abc | tr a-c A-C; exit 3'], 'ABC\n'],
  [['/bin/probe-getpid', '20'], undefined],
  [['/bin/probe-signal', '5'], undefined],
  [['/bin/probe-fork', '2'], undefined],
  [['/bin/probe-fault', '4'], undefined],
  [['/bin/ls', '/bin'], undefined],
];

describe.skipIf(missing)(`our programs in lockstep with the real processor${suffix}`, () => {
  it.each(OURS)('%j', (argv, output) => {
    const { steps, text } = runInLockstep(argv, undefined);
    expect(steps).toBeGreaterThan(10);
    if (output !== undefined) expect(text).toBe(output);
  });
});

const busybox = fileURLToPath(new URL('../../cache/root/busybox-static', import.meta.url));
const fetched = existsSync(busybox) || process.env.NESTLAB_REQUIRE_BINARIES === '1';
const noBusybox = missing ?? (fetched ? undefined : 'scripts/fetch-binaries.sh has not fetched it');

describe.skipIf(noBusybox)(
  `Debian's static busybox in lockstep with the real processor${noBusybox ? ` (skipped: ${noBusybox})` : ''}`,
  () => {
    it.each([
      [['/bin/busybox', 'echo', 'hi'], 'hi\n'],
      [['/bin/busybox', 'expr', '6', '*', '7'], '42\n'],
      [['/bin/busybox', 'sh', '-c', 'echo $((7 * 191)) | busybox md5sum'], undefined],
      [['/bin/busybox', 'printf', '%.3f %g\\n', '3.14159', '1e100'], '3.142 1e+100\n'],
    ] as const)('%j', (argv, output) => {
      const { steps, text } = runInLockstep(argv, busybox);
      expect(steps).toBeGreaterThan(1000);
      if (output !== undefined) expect(text).toBe(output);
    });
  },
);

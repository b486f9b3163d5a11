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
  [['/bin/ls', '-l', '/'], undefined],
];

describe.skipIf(missing)(`our programs in lockstep with the real processor${suffix}`, () => {
  it.each(OURS)('%j', (argv, output) => {
    const { steps, text } = runInLockstep(argv);
    expect(steps).toBeGreaterThan(10);
    if (output !== undefined) expect(text).toBe(output);
  });
});

/** Debian's, which scripts/fetch-binaries.sh fetches: package, model, arguments, output where it is known by hand. */
const DEBIAN: readonly (readonly [name: string, model: string, argv: readonly string[], output: string | undefined])[] =
  [
    ['busybox-static', 'pentium2', ['/bin/busybox', 'echo', 'hi'], 'hi\n'],
    ['busybox-static', 'pentium2', ['/bin/busybox', 'expr', '6', '*', '7'], '42\n'],
    ['busybox-static', 'pentium2', ['/bin/busybox', 'sh', '-c', 'echo $((7 * 191)) | busybox md5sum'], undefined],
    ['busybox-static', 'pentium2', ['/bin/busybox', 'printf', '%.3f %g\\n', '3.14159', '1e100'], '3.142 1e+100\n'],
    ['busybox-static', 'pentium4', ['/bin/busybox', 'seq', '1', '0.25', '2'], '1.00\n1.25\n1.50\n1.75\n2.00\n'],
    ['bash-static', 'pentium4', ['/bin/bash-static', '--version'], undefined],
  ];

const folder = (name: string) => fileURLToPath(new URL(`../../cache/root/${name}`, import.meta.url));
const required = process.env.NESTLAB_REQUIRE_BINARIES === '1';

for (const [name, model, argv, output] of DEBIAN) {
  const absent =
    missing ?? (required || existsSync(folder(name)) ? undefined : `scripts/fetch-binaries.sh: no ${name}`);
  const title = `${argv.join(' ')} on a ${model} in lockstep with the real processor`;
  it.skipIf(absent)(`${title}${absent ? ` (skipped: ${absent})` : ''}`, () => {
    const { steps, text } = runInLockstep(argv, folder(name), model);
    expect(steps).toBeGreaterThan(1000);
    if (output !== undefined) expect(text).toBe(output);
  });
}

/** Programs that mean harm, each at one thing: how each ends, and that the kernel has all its frames back. */
import { expect, test } from 'vitest';
import { build } from './build.ts';
import { type Order, perform } from './lab.ts';

const program = build('hostile');
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(missing);

const SIGKILLED = 128 + 9;
const SIGSEGVED = 128 + 11;
const LIMITS = {
  memory: 16 << 20,
  instructions: 20_000_000,
  time: 5e9,
  layer: { bytes: 2 << 20, names: 500 },
} as const;

/** How a mode ends: its status, what it prints. `cut`: only the limit ends it. `memory`: it says that memory is exhausted. */
interface Expected {
  readonly status: number;
  readonly output?: string;
  readonly cut?: true;
  readonly memory?: true;
  readonly limits?: Partial<Order>;
}

const died: Expected = { status: SIGSEGVED };
/** For ever, without end: few instructions each. */
const endless: Expected = { status: SIGKILLED, cut: true, limits: { instructions: 400_000 } };
const exhausted: Expected = { status: SIGKILLED, memory: true };

const MODES: Readonly<Record<string, Expected>> = {
  stack: died,
  stack_handler: died,
  bombs: { ...endless, memory: true },
  chain: { ...endless, memory: true },
  touch_all: exhausted,
  touch_forks: exhausted,
  shared_all: exhausted,
  heap: exhausted,
  tables: { ...endless, limits: { instructions: 1_000_000 } },
  areas: { status: 0, output: 'areas limited\n' },
  pipes: exhausted,
  pipe_forks: exhausted,
  fill: { status: 0, output: 'file 2097152 = -28\nnames -28\nunlink 0\nopen 0\n' },
  closes: { status: 33 },
  self_exec: { ...endless, limits: { instructions: 100_000 } },
  unmap_stack: died,
  unmap_text: died,
  unmap_all: died,
  map_over: died,
  write_text: died,
  change_text: { ...died, output: 'mprotect = 0\n' },
  storm: { status: 21 },
  storm_nested: died,
  segv_in_segv: died,
  segv_nodefer: died,
  segv_return: { ...endless, limits: { instructions: 50_000 } },
  segv_blocked: died,
  garbage_frames: { status: 0, output: 'died mostly\n' },
  // From the real kernel.
  links: {
    status: 0,
    output: [
      'open("/tmp/l00", O_RDONLY, 0) = -40',
      'open("/tmp/l39", O_RDONLY, 0) > 0 = 1',
      'open("/tmp/l40", O_RDONLY, 0) = -40',
      'syscall(SYS_access, "/tmp/d/e", 0) = -40',
      'open(path, O_RDONLY, 0) = -36',
      'open(path, O_RDONLY, 0) > 0 = 1\n',
    ].join('\n'),
  },
  arguments: {
    status: 0,
    output: [
      'execve(argv[0], argv, environ) = -7',
      '131071: 0',
      'execve("/bin/hostile", many, environ) = -7',
      'execve("/bin/hostile", (char **)0xbffffffe, environ) = -14',
      'execve("/bin/hostile", (char **)0x8, environ) = -14',
      'execve((char *)8, many, environ) = -14\n',
    ].join('\n'),
  },
  scripts: { status: 0, output: '40 13 8 8 13 13 2 0 0 0 99 13 8 8 8 8 99 99 0 8 \n' },
};

test.skipIf(missing).each(Object.entries(MODES))(`%s${missing ? ` (skipped: ${missing})` : ''}`, (mode, expected) => {
  const files = { '/bin/hostile': program as Uint8Array };
  const report = perform({ files, argv: ['/bin/hostile', mode], ...LIMITS, ...expected.limits });
  expect(report).toMatchObject({
    status: expected.status,
    output: expected.output ?? '',
    cut: expected.cut ?? false,
    violations: [],
  });
  if (expected.memory) expect(report.warnings[0]).toMatch(/^out of memory \(16 MiB\): killed process \d+ \(hostile\)$/);
  else if (!expected.cut) expect(report.warnings).toEqual([]);
});

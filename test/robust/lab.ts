/** Runs hostile programs on our host kernel in this process, with an end in sight, and counts every frame afterwards. */
import { SIGKILL } from '../../src/abi/signals.ts';
import { Host, type OutsideWait } from '../../src/host/host.ts';
import { violationText } from '../../src/kernel/audit/books.ts';
import { prepare, type RunEnd } from '../../src/kernel/kernel.ts';
import type { Kernel, Observer, Stream } from '../../src/kernel/platform.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { MemoryTree } from '../kernel/tree.ts';

export interface Order {
  /** Files of the root, by path: all may be executed. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly argv: readonly string[];
  readonly envp?: readonly string[];
  /** Bytes of memory. */
  readonly memory?: number;
  /** Instructions after which everything is killed. */
  readonly instructions?: number;
  /** Virtual ns after which everything is killed. */
  readonly time?: number;
  readonly layer?: { readonly bytes: number; readonly names: number };
  readonly seed?: number;
  /** The standard streams are a terminal. */
  readonly terminal?: boolean;
  readonly observer?: Observer;
}

export interface Report {
  readonly end: RunEnd;
  /** Exit status, 128 + signal, -1 when the run ended otherwise. */
  readonly status: number;
  readonly output: string;
  readonly warnings: readonly string[];
  /** The limit was reached and the run was killed. */
  readonly cut: boolean;
  readonly calls: number;
  /** What the kernel's own audit finds wrong at the end. */
  readonly violations: readonly string[];
  /** Pages of files that are changed and still kept at the end. */
  readonly changedPages: number;
}

const MOST_OUTPUT = 1 << 16;

/** Runs a program to its end; throws what the emulator throws, and when even SIGKILL does not end the run. */
export function perform(order: Order): Report {
  const warnings: string[] = [];
  let output = '';
  const machine = new Machine(order.memory ?? 32 << 20, MODELS.pentium2);
  const tree = new MemoryTree(() => machine.memory);
  for (const [path, bytes] of Object.entries(order.files)) tree.file(path, bytes, 0o755);
  const stream = (): Stream => ({
    kind: order.terminal ? 'terminal' : 'pipe',
    size: [24, 80],
    *read(): Kernel<Uint8Array> {
      return new Uint8Array(0);
    },
    *write(bytes: Uint8Array): Kernel<number> {
      if (output.length < MOST_OUTPUT) output += Buffer.from(bytes).toString('latin1');
      return 0;
    },
  });
  const host = new Host(machine, {
    tree,
    streams: [stream(), stream(), stream()],
    bootTime: 946_684_800e9,
    seed: order.seed ?? 1,
    live: () => false,
    warn: (line) => warnings.push(line),
    ...(order.observer ? { observer: order.observer } : {}),
  });
  const { system, files, run, audit } = prepare(host, {
    program: order.argv[0],
    argv: order.argv,
    envp: order.envp ?? ['PATH=/bin'],
    cwd: '/',
    layer: order.layer,
  });
  const mostInstructions = order.instructions ?? 50_000_000;
  const mostTime = order.time ?? 60e9;
  let cut = false;
  for (let turns = 0; ; turns++) {
    const { done, value } = run.next();
    if (done === true) {
      const end = value as RunEnd;
      const { cache } = files.core;
      while (cache.shrink(1 << 20) > 0);
      const violations = audit().map(violationText);
      const calls = machine.ledger.calls.reduce((sum, count) => sum + count, 0);
      return { end, status: statusOf(end), output, warnings, cut, calls, violations, changedPages: cache.pages };
    }
    const wait = value as OutsideWait;
    if (wait.why === 'idle') host.passed(wait.until);
    if (machine.cpu.retired > mostInstructions || host.now() > mostTime) {
      if (cut && turns > 100_000) throw new Error('the run does not end, although everything was killed');
      cut = true;
      for (const process of system.processes.keys()) if (process > 1) system.services.tasks.signal(process, SIGKILL);
    }
  }
}

function statusOf(end: RunEnd): number {
  if (end.kind !== 'ended') return -1;
  const signal = end.status & 0x7f;
  return signal ? 128 + signal : (end.status >> 8) & 0xff;
}

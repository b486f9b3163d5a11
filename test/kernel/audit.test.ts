/** The kernel's audit of its own books: clean in the midst of a busy run and after it, and each kind of leak is named. */
import { expect, test } from 'vitest';
import { Host, type OutsideWait } from '../../src/host/host.ts';
import { violationText } from '../../src/kernel/audit/books.ts';
import type { OpenFile } from '../../src/kernel/files/open-file.ts';
import type { Pipe } from '../../src/kernel/files/pipe.ts';
import { type Booted, prepare } from '../../src/kernel/kernel.ts';
import type { Kernel, Stream } from '../../src/kernel/platform.ts';
import { networkOf } from '../../src/kernel/sockets/network.ts';
import { Timer } from '../../src/kernel/time/timers.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { buildCalls } from '../robust/calls.ts';
import { MemoryTree } from './tree.ts';

const program = buildCalls();
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(missing);

/** A kernel in which the fuzzer of system calls runs: processes, threads, pipes, sockets and files of every kind. */
class Busy {
  readonly machine = new Machine(32 << 20, MODELS.pentium2);
  readonly host: Host;
  readonly booted: Booted;

  constructor(seed: number) {
    const tree = new MemoryTree(() => this.machine.memory);
    tree.file('/bin/calls', program as Uint8Array, 0o755);
    const stream: Stream = {
      kind: 'pipe',
      size: [24, 80],
      *read(): Kernel<Uint8Array> {
        return new Uint8Array(0);
      },
      *write(): Kernel<number> {
        return 0;
      },
    };
    this.host = new Host(this.machine, {
      tree,
      streams: [stream, { ...stream }, { ...stream }],
      bootTime: 946_684_800e9,
      seed: 1,
      live: () => false,
      warn: () => {},
    });
    const argv = ['/bin/calls', `${seed}`, '4', '1000'];
    this.booted = prepare(this.host, { program: argv[0], argv, envp: [], cwd: '/' });
  }

  /** Goes on until the world outside is asked; false when the run has ended. */
  step(): boolean {
    const { done, value } = this.booted.run.next();
    if (!done && (value as OutsideWait).why === 'idle') this.host.passed((value as OutsideWait).until);
    return !done;
  }

  violations(): string[] {
    return this.booted.audit().map(violationText);
  }
}

/** A kernel that has been busy until everything that is spoilt below was there. */
function busy(): Busy {
  const run = new Busy(3);
  const { system, files } = run.booted;
  const complete = () => {
    const kinds = new Set([...files.core.open.values()].map(({ ops }) => ops.name));
    const full = [...files.core.open.values()].some(({ state }) => (state as Partial<Pipe> | undefined)?.slots?.length);
    const asleep = [...system.tasks.values()].some(({ sleep }) => sleep && sleep.queues.length > 0);
    return full && asleep && ['pipe', 'epoll', 'socket', 'file'].every((name) => kinds.has(name));
  };
  while (!complete()) if (!run.step()) throw new Error('it ended too early');
  return run;
}

test.skipIf(missing)('the books are right between calls, and after the end', () => {
  for (const seed of [5]) {
    const run = new Busy(seed);
    let audits = 0;
    while (run.step()) {
      expect(run.violations(), `seed ${seed}, audit ${++audits}`).toEqual([]);
    }
    expect(audits).toBeGreaterThan(3);
    expect(run.violations()).toEqual([]);
  }
});

/** The first open file of a kind. */
function fileOf({ booted }: Busy, name: string): OpenFile {
  for (const file of booted.files.core.open.values()) if (file.ops.name === name) return file;
  throw new Error(`no ${name} is open`);
}

/** One thing spoilt at a time, and what the audit must say of it. */
const SABOTAGE: Readonly<Record<string, readonly [spoil: (run: Busy) => void, said: RegExp]>> = {
  'a frame that nobody holds': [
    // More than tasks that sleep in calls could have borrowed.
    ({ host }) => {
      for (let n = 0; n < 100; n++) host.frames.allocate();
    },
    /^frame 0x[0-9a-f]{8}: expected 0 references, found 1$/,
  ],
  'a frame with a reference too many': [
    ({ booted }) => booted.system.pool.frames.hold(booted.system.pool.zero),
    /^frame 0x[0-9a-f]{8}: expected \d+ references \(the page of zeros.*\), found \d+$/,
  ],
  'a frame that was freed too early': [
    (run) => {
      const files = [...run.booted.files.core.open.values()];
      const full = files.find(({ state }) => (state as Partial<Pipe> | undefined)?.slots?.length)!;
      run.host.frames.release((full.state as Pipe).slots[0].frame);
    },
    /^frame 0x[0-9a-f]{8}: expected 1 reference \(pipe \d+\), found none: it is gone$/,
  ],
  'a page that the processor sees and the memory map does not': [
    ({ booted }) => [...booted.system.tasks.values()][0].memory.space.map(0x12345, 77, 1),
    /^page table address space \d+ at 0x12345000: expected nothing, found frame 77 w$/,
  ],
  'an address space with a user too many': [
    ({ booted }) => void [...booted.system.pool.living][0].users++,
    /^address space \d+: expected 1 reference \(task \d+\), found 2$/,
  ],
  'an open file with a reference too few': [
    (run) => void fileOf(run, 'pipe').users--,
    /^open file \d+: expected \d+ references? \(fd \d+ of table .*\), found \d+$/,
  ],
  'a descriptor table with a user too many': [
    ({ booted }) => void booted.files.table([...booted.system.tasks.values()][0].table).users++,
    /^descriptor table \d+: expected 1 reference \(task \d+\), found 2$/,
  ],
  'a pipe that forgets a reader': [
    (run) => void (fileOf(run, 'pipe').state as Pipe).readers--,
    /^readers of pipe \d+: expected \d+, found -?\d+$/,
  ],
  'a node with an open file too many': [
    (run) => void fileOf(run, 'file').node.users++,
    /^open files of node \d+ of ext4: /,
  ],
  'a process that its parent has forgotten': [
    ({ booted }) => {
      const process = [...booted.system.processes.values()].at(-1)!;
      process.parent!.children.delete(process);
    },
    /^parent of process \d+ knows it: expected true, found false$/,
  ],
  'a task that is on no list': [
    ({ booted }) => void [...booted.system.tasks.values()].at(-1)!.process.threads.splice(0, 1),
    /^thread task \d+ of process \d+: expected true, found false$/,
  ],
  'a timer of nobody': [
    ({ booted }) => booted.system.timers.set(new Timer(() => {}), 1e18),
    /^timer \d+: expected 0 references, found 1$/,
  ],
  'a sleeper whom his queue has lost': [
    ({ booted }) => {
      const task = [...booted.system.tasks.values()].find(({ sleep }) => sleep && sleep.queues.length > 0)!;
      task.sleep!.queues[0].remove(task);
    },
    /^queue places task \d+ on .*: expected 1, found 0$/,
  ],
  'a place in a queue that belongs to nobody': [
    (run) => (fileOf(run, 'pipe').state as Pipe).canRead.add({ woken: () => {} }),
    /^queue places of nobody on readers of pipe \d+: expected 0, found 1$/,
  ],
  'an epoll interest that its file does not know': [
    (run) => {
      const { state } = fileOf(run, 'epoll') as OpenFile<{ interests: Set<unknown> }>;
      state.interests.add({
        audit: (books: { holds: (...words: unknown[]) => void }) => books.holds('watch', {}, 'a test'),
      });
    },
    /^watch of its own: expected 1 reference \(a test\), found none: it is gone$/,
  ],
  'a socket of nobody': [
    ({ booted }) => {
      const network = networkOf(booted.files.core);
      const [socket] = network.sockets;
      network.create(socket, socket.creator);
    },
    /^socket \d+: expected 0 references, found 1$/,
  ],
  'bytes that a socket counts but has not': [
    ({ booted }) => void [...networkOf(booted.files.core).sockets][0].queued++,
    /^bytes in the inbox of socket \d+: expected \d+, found \d+$/,
  ],
  'a pending signal that is in no queue': [
    ({ booted }) => [...booted.system.tasks.values()][0].pending.set.add(44),
    /^pending signals 33 to 64 of task \d+: expected 0, found \d+$/,
  ],
  'a file with pages that nothing leads to': [
    ({ booted }) => {
      const { cache } = booted.files.core;
      cache.pages++;
    },
    /^file pages in the page cache: expected \d+, found \d+$/,
  ],
};

test.skipIf(missing)('each kind of leak is named', () => {
  const run = busy();
  let before = run.violations();
  expect(before).toEqual([]);
  for (const [name, [spoil, said]] of Object.entries(SABOTAGE)) {
    spoil(run);
    const now = run.violations();
    const fresh = now.filter((line) => !before.includes(line));
    expect(
      fresh.some((line) => said.test(line)),
      `${name}: ${fresh.join('; ')}`,
    ).toBe(true);
    before = now;
  }
});

/** Whole runs of the kernel on a fake platform: how runs start, end and count, and what their programs see. */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/abi/events.ts';
import { prepare } from '../../src/kernel/kernel.ts';
import { EAX, EBX, ESP } from '../../src/kernel/platform.ts';
import type { FakeCpu, Step } from './fake.ts';
import { addressOf, FakePlatform } from './fake.ts';

const EXIT = 1;
const FORK = 2;
const READ = 3;
const WRITE = 4;
const GETPID = 20;
const PAUSE = 29;
const KILL = 37;
const PIPE = 42;
const BRK = 45;
const SIGNAL = 48;
const WAIT4 = 114;
const SIGRETURN = 119;
const NANOSLEEP = 162;
const EXIT_GROUP = 252;
const CLOCK_GETTIME = 265;

const result = (cpu: FakeCpu): number => cpu.regs[EAX];
/** Scratch words below the stack's contents. */
const scratch = (offset: number) => (cpu: FakeCpu) => cpu.regs[ESP] - 256 + offset;
const put =
  (offset: number, value: number | ((cpu: FakeCpu) => number)): Step =>
  (cpu) =>
    cpu.store32(cpu.regs[ESP] - 256 + offset, typeof value === 'number' ? value : value(cpu));
const get = (offset: number) => (cpu: FakeCpu) => cpu.load32(cpu.regs[ESP] - 256 + offset);
const exitWith = (value: (cpu: FakeCpu) => number): Step => [EXIT_GROUP, value];
/** Goes on at a step when the last result is 0 (the child after fork). */
const ifZero =
  (step: number): Step =>
  (cpu) => {
    if (cpu.regs[EAX] === 0) cpu.jump(step);
  };
const word = (text: string): number => text.charCodeAt(0) | (text.charCodeAt(1) << 8);

function run(program: readonly Step[], options: ConstructorParameters<typeof FakePlatform>[1] = {}) {
  const platform = new FakePlatform(program, options);
  const free = platform.frames.free;
  const { run: kernel, system } = prepare(platform, { program: '/bin/program', argv: ['program'], envp: [], cwd: '/' });
  for (let steps = 0; steps < 100_000; steps++) {
    const { done, value } = kernel.next();
    if (done) return { end: value, platform, system, free };
  }
  throw new Error('the run does not end');
}

describe('a run', () => {
  it('ends with the status of its program', () => {
    expect(run([[EXIT_GROUP, 7]]).end).toEqual({ kind: 'ended', status: 7 << 8 });
    expect(run([[EXIT, 0x1ff]]).end).toEqual({ kind: 'ended', status: 0xff << 8 });
  });

  it('makes the program process 2, a child of process 1', () => {
    expect(run([[GETPID], exitWith(result)]).end).toEqual({ kind: 'ended', status: 2 << 8 });
    expect(run([[64], exitWith(result)]).end).toEqual({ kind: 'ended', status: 1 << 8 });
  });

  it('says why a program cannot be started', () => {
    const platform = new FakePlatform([]);
    const options = { argv: ['x'], envp: ['PATH=/nowhere:/bin'], cwd: '/' };
    expect(prepare(platform, { ...options, program: 'x' }).run.next().value).toEqual({ kind: 'refused', errno: 2 });
    platform.tree.file('/bin/text', new TextEncoder().encode('hello\n'), 0o755);
    const again = new FakePlatform([[EXIT_GROUP, 0]]);
    again.tree.file('/bin/text', new TextEncoder().encode('hello\n'), 0o755);
    expect(prepare(again, { ...options, program: '/bin/text' }).run.next().value).toEqual({
      kind: 'refused',
      errno: 8,
    });
  });

  it('names an unknown call once', () => {
    const { end, platform } = run([[499], [499], [-1], exitWith((cpu) => -cpu.regs[EAX])]);
    expect(end).toEqual({ kind: 'ended', status: 38 << 8 });
    expect(platform.warnings).toEqual([
      'unknown system call 499 (program, pid 2): ENOSYS',
      'unknown system call -1 (program, pid 2): ENOSYS',
    ]);
  });

  it('waits for others that hold its output, and kills the rest', () => {
    const late: Step[] = [
      [FORK],
      ifZero(3),
      [EXIT_GROUP, 3],
      put(0, 0),
      put(4, 500),
      [NANOSLEEP, scratch(0), 0],
      put(8, word('y\n')),
      [WRITE, 1, scratch(8), 2],
      [EXIT_GROUP, 0],
    ];
    const first = run(late);
    expect(first.platform.written[1]).toBe('y\n');
    expect(first.end).toEqual({ kind: 'ended', status: 3 << 8 });
    const closing: Step[] = [[FORK], ifZero(3), [EXIT_GROUP, 4], [6, 1], [6, 2], [PAUSE]];
    expect(run(closing).end).toEqual({ kind: 'ended', status: 4 << 8 });
  });

  it('says so when nothing can ever run again', () => {
    const { end, platform } = run([[PAUSE]]);
    expect(end).toEqual({ kind: 'deadlock' });
    expect(platform.warnings).toEqual(['deadlock: every process waits, and nothing can ever wake one of them']);
  });

  it('gives back every frame', () => {
    const { system, platform, free } = run([
      [FORK],
      ifZero(4),
      [WAIT4, -1, 0, 0, 0],
      [EXIT_GROUP, 0],
      put(0, 1),
      [EXIT_GROUP, 1],
    ]);
    expect(system.tasks.size).toBe(0);
    expect(platform.spaces.every((space) => space.destroyed)).toBe(true);
    // The page cache keeps the program's page, the kernel its frame of zeros.
    expect(free - platform.frames.free).toBeLessThanOrEqual(3);
  });

  it('is a function of its inputs', () => {
    const program: Step[] = [
      [FORK],
      [FORK],
      [GETPID],
      put(0, (cpu) => cpu.regs[EAX] + 48),
      [WRITE, 1, scratch(0), 1],
      [EXIT_GROUP, 0],
    ];
    const outputs = [1, 2, 3].map(() => run(program).platform.written[1]);
    expect(outputs[0]).toHaveLength(4);
    expect(new Set(outputs).size).toBe(1);
  });
});

describe('processes', () => {
  it('pass a pipe and a status on', () => {
    const program: Step[] = [
      [PIPE, scratch(0)],
      [FORK],
      ifZero(7),
      [READ, get(0), scratch(16), 4],
      [WAIT4, -1, scratch(32), 0, 0],
      [WRITE, 1, scratch(16), 2],
      exitWith((cpu) => get(32)(cpu) >> 8),
      put(8, word('ok')),
      [WRITE, get(4), scratch(8), 2],
      [EXIT_GROUP, 9],
    ];
    const { end, platform } = run(program);
    expect(platform.written[1]).toBe('ok');
    expect(end).toEqual({ kind: 'ended', status: 9 << 8 });
  });

  it('share nothing that they write after fork', () => {
    const program: Step[] = [
      put(0, 1),
      [FORK],
      ifZero(5),
      [WAIT4, -1, 0, 0, 0],
      exitWith(get(0)),
      put(0, 2),
      exitWith(get(0)),
    ];
    expect(run(program).end).toEqual({ kind: 'ended', status: 1 << 8 });
  });

  it('count as task switches, calls and signal frames, each at its choke point', () => {
    const handler = 6;
    const program: Step[] = [
      [SIGNAL, 10, addressOf(handler)],
      [GETPID],
      [KILL, result, 10],
      [GETPID],
      [EXIT_GROUP, 0],
      [EXIT_GROUP, 99],
      // sigreturn expects ESP behind the return address and the signal number.
      (cpu) => {
        cpu.regs[ESP] += 8;
      },
      [SIGRETURN],
    ];
    const { end, platform } = run(program);
    expect(end).toEqual({ kind: 'ended', status: 0 });
    expect(platform.calls).toEqual([SIGNAL, GETPID, KILL, SIGRETURN, GETPID, EXIT_GROUP]);
    expect(platform.counts.get(EVENTS.signalFrame)).toBe(1);
    expect(platform.counts.get(EVENTS.signalReturn)).toBe(1);
    expect(platform.counts.get(EVENTS.taskSwitch)).toBe(1);
  });

  it('die of what they do, and their parents learn how', () => {
    const dying = (deed: Step): Step[] => [
      [FORK],
      ifZero(4),
      [WAIT4, -1, scratch(0), 0, 0],
      exitWith((cpu) => get(0)(cpu) & 0x7f),
      deed,
      [EXIT_GROUP, 0],
    ];
    const signalOf = (deed: Step) => run(dying(deed)).end;
    expect(signalOf((cpu) => cpu.store32(0, 1))).toEqual({ kind: 'ended', status: 11 << 8 });
    expect(signalOf((cpu) => cpu.store32(addressOf(0), 1))).toEqual({ kind: 'ended', status: 11 << 8 });
    expect(signalOf((cpu) => cpu.raise(0))).toEqual({ kind: 'ended', status: 8 << 8 });
    expect(signalOf((cpu) => cpu.raise(6))).toEqual({ kind: 'ended', status: 4 << 8 });
    expect(signalOf([KILL, 0, 15])).toEqual({ kind: 'ended', status: 15 });
  });

  it('end with one clear line when memory is exhausted', () => {
    const touchAll: Step[] = [
      [BRK, 0],
      (cpu) => {
        cpu.regs[EBX] = cpu.regs[EAX];
      },
      [BRK, (cpu) => cpu.regs[EBX] + 200 * 4096],
      put(0, (cpu) => cpu.regs[EAX] - 4),
      (cpu) => {
        const at = get(0)(cpu);
        cpu.store32(at, 1);
        cpu.store32(cpu.regs[ESP] - 256, at - 4096);
        cpu.jump(4);
      },
    ];
    const { end, platform } = run(touchAll, { frames: 201 });
    // Below the heap lies no more: with enough memory it ends in SIGSEGV.
    expect(run(touchAll).end).toEqual({ kind: 'ended', status: 11 });
    expect(end).toEqual({ kind: 'ended', status: 9 });
    expect(platform.warnings).toEqual([expect.stringMatching(/^out of memory .*killed process 2 \(program\)$/)]);
  });
});

describe('time', () => {
  it('passes while a program sleeps, exactly as long as it asked', () => {
    const program: Step[] = [
      [CLOCK_GETTIME, 1, scratch(0)],
      put(8, 3),
      put(12, 0),
      [NANOSLEEP, scratch(8), 0],
      [CLOCK_GETTIME, 1, scratch(16)],
      exitWith((cpu) => get(16)(cpu) - get(0)(cpu)),
    ];
    expect(run(program).end).toEqual({ kind: 'ended', status: 3 << 8 });
  });

  it('is shared: a program that never calls is preempted', () => {
    const program: Step[] = [
      [FORK],
      ifZero(4),
      (cpu) => {
        if (cpu.load32(cpu.regs[ESP]) === 1) cpu.jump(2);
      },
      [EXIT_GROUP, 1],
      [64],
      [KILL, result, 15],
      [EXIT_GROUP, 0],
    ];
    expect(run(program).end).toEqual({ kind: 'ended', status: 15 });
  });
});

describe('observers', () => {
  it('see every call, signal and end once', () => {
    const seen: string[] = [];
    run([[GETPID], [KILL, result, 15], [EXIT_GROUP, 0]], {
      observer: {
        enter: (pid, number) => seen.push(`enter ${pid} ${number}`),
        leave: (pid, number, _args, value) => seen.push(`leave ${pid} ${number} ${value}`),
        signal: (pid, number, info) => seen.push(`signal ${pid} ${number} ${info.length}`),
        exit: (pid, status) => seen.push(`exit ${pid} ${status}`),
      },
    });
    expect(seen).toEqual(['enter 2 20', 'leave 2 20 2', 'enter 2 37', 'leave 2 37 0', 'signal 2 15 128', 'exit 2 15']);
  });
});

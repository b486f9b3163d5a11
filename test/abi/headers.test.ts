import { describe, expect, it } from 'vitest';
import * as elf from '../../src/abi/elf.ts';
import * as errno from '../../src/abi/errno.ts';
import * as flags from '../../src/abi/flags.ts';
import * as signals from '../../src/abi/signals.ts';
import * as abi from '../../src/abi/structs.ts';
import { haveHeaders, kernelValues, macroValues } from './kernel-headers.ts';

/** The numeric exports of a module whose names are C macros (all capitals). */
function constants(module: Readonly<Record<string, unknown>>): Map<string, number> {
  return new Map(
    Object.entries(module).filter((e): e is [string, number] => typeof e[1] === 'number' && /^[A-Z_0-9]+$/.test(e[0])),
  );
}

/** Constants that no exported header defines (the kernel keeps them to itself, or libc spells them as enums). */
const UNEXPORTED =
  /^(ERESTART.*|MAX_ERRNO|NSIG|SI_USER|SIGSET_SIZE|PER_.*|ADDR_NO_RANDOMIZE|READ_IMPLIES_EXEC|RSEQ_FLAG_UNREGISTER|ELFMAG|AT_MINSIGSTKSZ|AT_SYSINFO)$/;

/** Constants where the header's own spelling is an alias or depends on the word size of its reader. */
const ALIASES: Readonly<Record<string, string>> = { SCHED_OTHER: 'SCHED_NORMAL', RLIM_INFINITY: '(~0UL)' };

function compare(ours: ReadonlyMap<string, number>): void {
  const checked = [...ours].filter(([name]) => !UNEXPORTED.test(name) && !(name in ALIASES));
  const theirs = macroValues(checked.map(([name]) => name));
  const wrong = checked.filter(([name, value]) => theirs.get(name) !== (value | 0));
  expect(wrong.map(([name, value]) => `${name}: ours ${value}, theirs ${theirs.get(name)}`)).toEqual([]);
  expect(checked.length).toBeGreaterThan(50);
}

const C_NAMES: Readonly<Record<string, string>> = {
  timespec32: 'struct { int tv_sec, tv_nsec; }',
  timeval32: 'struct timeval',
  siginfo: 'siginfo_t',
  sigcontext: 'struct sigcontext_32',
  stack_t: 'stack_t',
  robust_list_head: 'struct robust_list_head',
  old_sigaction: 'struct sigaction',
};

/** Structures that the kernel does not export; their shape is checked against a running kernel in test/kernel. */
const NO_HEADER = new Set([
  'timespec32',
  'itimerspec32',
  'linux_dirent',
  'linux_dirent64',
  'old_linux_dirent',
  'sel_arg_struct',
  'mmap_arg_struct',
  'sigset_argpack',
  'sigframe',
  'rt_sigframe',
  'sigaction',
  'user_regs_struct',
  'msghdr',
  'cmsghdr',
  'ucred',
]);

/** Fields whose C spelling differs from ours. */
const FIELDS: Readonly<Record<string, string>> = {
  '_fpstate_32.st': '_st',
  '_fpstate_32.fxsr_env': '_fxsr_env',
  '_fpstate_32.fxsr_st': '_fxsr_st',
  '_fpstate_32.xmm': '_xmm',
};

/** Bit fields have no offset. */
const BIT_FIELDS = new Set(['user_desc.flags']);

describe.skipIf(!haveHeaders)('against the kernel headers of this machine (gcc -m32)', () => {
  it('errno', () => compare(constants(errno)));

  it('signals', () => compare(constants(signals)));

  it('flags', () => compare(constants(flags)));

  it('ELF and the auxiliary vector', () => compare(constants(elf)));

  it('structure offsets and sizes', () => {
    const expressions = new Map<string, string>();
    const ours = new Map<string, number>();
    const layouts = [...Object.values(abi), ...Object.values(elf)].filter(
      (v): v is abi.Layout => typeof v === 'object' && 'at' in v,
    );
    for (const layout of layouts) {
      if (NO_HEADER.has(layout.name)) continue;
      const type = C_NAMES[layout.name] ?? `struct ${layout.name}`;
      // sigset_t is one word in the exported header and two in the kernel: offsets count, the total does not.
      if (layout.name !== 'ucontext') {
        expressions.set(`${layout.name}__size`, `sizeof(${type})`);
        ours.set(`${layout.name}__size`, layout.size);
      }
      for (const [field, at] of Object.entries(layout.at)) {
        if (field.startsWith('pad') || BIT_FIELDS.has(`${layout.name}.${field}`)) continue;
        const c = FIELDS[`${layout.name}.${field}`] ?? field;
        expressions.set(`${layout.name}__${field}`, `offsetof(${type}, ${c})`);
        ours.set(`${layout.name}__${field}`, at);
      }
    }
    expect(kernelValues(expressions)).toEqual(ours);
    expect(ours.size).toBeGreaterThan(200);
  });
});

describe('sizes that programs rely on', () => {
  it.each([
    [abi.STAT64, 96],
    [abi.STATX, 256],
    [abi.TERMIOS, 36],
    [abi.SIGINFO, 128],
    [abi.SIGINFO_KILL, 128],
    [abi.SIGINFO_CHLD, 128],
    [abi.SIGINFO_FAULT, 128],
    [abi.SIGCONTEXT, 88],
    [abi.FPSTATE, 112 + 512],
    [abi.UCONTEXT, 116],
    [abi.SIGFRAME, 732],
    [abi.RT_SIGFRAME, 268],
    [abi.USER_REGS, 68],
  ] as const)('$name', (layout, size) => expect(layout.size).toBe(size));
});

describe('errno', () => {
  it('tells failures from values', () => {
    expect([-1, -4095, 0xfffffff2].map(errno.isError)).toEqual([true, true, true]);
    expect([0, 1, -4096, 0xbfff0000].map(errno.isError)).toEqual([false, false, false, false]);
  });

  it('names and explains', () => {
    expect(errno.errnoName(2)).toBe('ENOENT');
    expect(errno.errnoMessage(2)).toBe('No such file or directory');
    expect(errno.errnoName(4000)).toBe('ERRNO_4000');
  });
});

describe('signals', () => {
  it('prints names as strace does', () => {
    expect([1, 11, 31, 32, 33, 64, 65].map(signals.signalName)).toEqual([
      'SIGHUP',
      'SIGSEGV',
      'SIGSYS',
      'SIGRTMIN',
      'SIGRT_1',
      'SIGRT_32',
      '65',
    ]);
  });

  it('knows which signals stop, continue, or do nothing', () => {
    const by = (action: signals.DefaultAction): number[] =>
      Array.from({ length: signals.NSIG }, (_, i) => i + 1).filter((n) => signals.defaultAction(n) === action);
    expect(by('stop')).toEqual([19, 20, 21, 22]);
    expect(by('continue')).toEqual([18]);
    expect(by('ignore')).toEqual([17, 23, 28]);
    expect(by('core')).toEqual([3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);
  });

  it('names codes by signal', () => {
    expect(signals.siCodeName(signals.SIGSEGV, 1)).toBe('SEGV_MAPERR');
    expect(signals.siCodeName(signals.SIGCHLD, 1)).toBe('CLD_EXITED');
    expect(signals.siCodeName(signals.SIGTERM, 0)).toBe('SI_USER');
    expect(signals.siCodeName(signals.SIGTERM, 77)).toBe('77');
  });
});

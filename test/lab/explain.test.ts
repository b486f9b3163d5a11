/** What `explain` shows of one operation is what happened, and adds up to what `compare` measures. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddedTree } from '../../src/cli/tree/embedded.ts';
import type { Memory } from '../../src/kernel/platform.ts';
import { measure } from '../../src/lab/compare/measure.ts';
import { METRICS } from '../../src/lab/compare/metrics.ts';
import type { Sample } from '../../src/lab/compare/slope.ts';
import { type Explanation, explain } from '../../src/lab/explain/explain.ts';
import type { Crossing } from '../../src/lab/explain/line.ts';
import { type Operation, operationNamed } from '../../src/lab/operations.ts';

const PROGRAMS = join(import.meta.dirname, '../../programs');
const tree = (memory: () => Memory): EmbeddedTree => new EmbeddedTree(PROGRAMS, memory);

function explained(towers: readonly string[], name: string): Explanation {
  const operation = operationNamed(name) as Operation;
  const explanation = explain({ tree, towers, operation });
  if ('error' in explanation) throw new Error(explanation.error);
  return explanation;
}

function crossings({ lines }: Explanation): Crossing[] {
  return lines.flatMap((line) => (line.kind === 'crossing' ? [line] : []));
}

/** 'from to by table why' of every crossing, without process ids. */
function story(explanation: Explanation): string[] {
  return crossings(explanation).map(({ from, to, by, table, why }) =>
    [from, to, by, table.join('>'), why].join(' ').replace(/\/\d+/g, ''),
  );
}

function figures(sample: Sample): Record<string, number> {
  return Object.fromEntries(METRICS.map(({ name, of }) => [name, of(sample)]));
}

describe('a null call, crossing by crossing', () => {
  it('on the host kernel goes in and out', () => {
    expect(story(explained([], 'getpid'))).toEqual(['app host int 0x80 A getpid()', 'host app iret A getpid = 2']);
  });

  it('under sysemu is the eight calls that src/ptrace/README.md numbers', () => {
    expect(story(explained(['sysemu'], 'getpid'))).toEqual([
      'app host int 0x80 A getpid()',
      'host guest iret A>B wait4 = 3: it stopped at a call',
      'guest host int 0x80 B ptrace(GETREGS, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B ptrace(GETFPXREGS, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B ptrace(GETSIGINFO, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B ptrace(SETREGS, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B ptrace(SETFPXREGS, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B ptrace(SYSEMU, 3)',
      'host guest iret B = 0',
      'guest host int 0x80 B wait4(3)',
      'host app iret B>A getpid = 2',
    ]);
  });

  it('says what kernels do in between, and who runs', () => {
    const remarks = explained(['skas'], 'getpid').lines.flatMap((line) => (line.kind === 'remark' ? [line.text] : []));
    expect(remarks).toEqual([
      'app/3 stops for its tracer, before its call',
      'task switch: app/3 to guest/2',
      'task switch: guest/2 to app/3',
      'host makes the call of app/3, as getpid; it stops again, after it',
      'task switch: app/3 to guest/2',
      'guest makes the call: getpid',
      'task switch: guest/2 to app/3',
    ]);
  });

  it('tells guest kernels apart by depth, and shows rounds within rounds', () => {
    const all = crossings(explained(['sysemu', 'skas'], 'getpid'));
    const names = new Set(all.flatMap(({ from, to }) => [from, to]).map((name) => name.replace(/\/\d+/, '')));
    expect([...names].sort()).toEqual(['app', 'guest1', 'guest2', 'host']);
    // Each of the ten calls of the inner kernel is eight of the outer one's, and so is the application's own.
    expect(all.filter(({ from }) => from.startsWith('guest2'))).toHaveLength(10);
  });
});

describe('where a script carries the guest kernel', () => {
  const told = (explanation: Explanation): string[] =>
    explanation.lines.flatMap((line) => (line.kind === 'remark' ? [line.text] : []));

  it('each crossing that it handles names line and actions of the clause', () => {
    const explanation = explained(['ktrace+segments'], 'getpid');
    expect(told(explanation)).toEqual([
      'ktrace:1 save(frame); limit(0xbfffffff); mode = kernel; restore(own)',
      'host changes segment descriptors',
      'guest makes the call: getpid',
      'ktrace:2 save(own); limit(reach); mode = app; restore(frame)',
      'host changes segment descriptors',
    ]);
    expect(explanation.clauses.map(({ line, text }) => [line, text.replace(/\s*\{.*/, '')])).toEqual([
      [1, 'syscall:*:entry, fault:*, signal:* /mode == app/'],
      [2, 'syscall:resume:entry /mode == kernel/'],
    ]);
  });

  it('a task switch of the guest is one call, which changes the page table', () => {
    const all = story(explained(['ktrace+segments+pagetables'], 'switch'));
    expect(all).toHaveLength(12);
    expect(all.filter((line) => line.includes('pagetables('))).toEqual([
      expect.stringMatching(/^guest host int 0x80 A pagetables\(SWITCH, \d+\)$/),
      expect.stringMatching(/^guest host int 0x80 B pagetables\(SWITCH, \d+\)$/),
    ]);
    expect(all.filter((line) => line.endsWith('another task of the guest goes on'))).toHaveLength(2);
  });

  it('a page is mapped in the table of the application', () => {
    const [call] = story(explained(['ktrace+pagetables'], 'fault')).filter((line) => line.includes('pagetables('));
    expect(call).toMatch(
      /pagetables\(CALL, \d+: mmap2\(0x67[0-9a-f]{6}, 4096, READ\|WRITE\|EXEC, SHARED\|FIXED\|POPULATE, 3, /,
    );
  });

  it('a gate leads to ring 1, which the host does not see; a page fault it does', () => {
    const rings = (name: string): unknown[] =>
      crossings(explained(['gate'], name)).map(({ from, to, by, ring }) =>
        [from, to, by, ring.join('>')].join(' ').replace(/\/\d+/g, ''),
      );
    expect(rings('getpid')).toEqual(['app guest int 0x80 3>1', 'guest app iret 1>3']);
    expect(rings('fault')).toEqual([
      'app host #PF 3>0',
      'host guest iret 0>1',
      'guest host int 0x81 1>0',
      'host guest iret 0>1',
      'guest app iret 1>3',
    ]);
  });

  it('at depth 2 the script of the outermost one acts on the traps of the inner one', () => {
    const explanation = explained(['ktrace', 'ktrace'], 'getpid');
    const acts = told(explanation).filter((text) => text.startsWith('ktrace:1 '));
    const directed = story(explanation).filter((line) => line.endsWith('directed to the guest kernel'));
    // The application's call, and the inner kernel's two calls of mprotect and its resume.
    expect([acts.length, directed.length]).toEqual([4, 4]);
  });
});

describe('other ways in', () => {
  it('a page fault goes through the stub', () => {
    const by = crossings(explained(['sysemu'], 'fault')).filter(({ to }) => to === 'host');
    expect(by.map((line) => `${line.from.replace(/\/.*/, '')} ${line.by}`)).toEqual([
      'app #PF',
      ...new Array<string>(5).fill('guest int 0x80'),
      'stub int3',
      ...new Array<string>(3).fill('guest int 0x80'),
      'stub int 0x80',
      'stub int3',
      ...new Array<string>(4).fill('guest int 0x80'),
    ]);
  });

  it('a process that traces is no guest kernel', () => {
    const names = crossings(explained(['tt'], 'getpid')).map(({ from }) => from.replace(/\/.*/, ''));
    expect(names.filter((name) => name === 'tracer')).toHaveLength(7);
    expect(names.filter((name) => name === 'guest')).toHaveLength(1);
  });
});

describe('what it adds up to', () => {
  it.each([
    ['native', 'pipe'],
    ['sysemu', 'mmap'],
    ['skas', 'signal'],
    ['tt', 'open'],
    ['umlinux', 'read'],
    ['sysemu', 'fork'],
    ['ktrace', 'pipe'],
    ['ktrace+segments', 'mmap'],
    ['ktrace+pagetables', 'exec'],
    ['ktrace+segments+pagetables', 'fork'],
    ['ktrace+ring1+pagetables', 'switch'],
    ['gate', 'read'],
  ])('%s %s: as compare has it, and as many lines as crossings', (tower, operation) => {
    const towers = tower === 'native' ? [] : [tower];
    const explanation = explained(towers, operation);
    const order = {
      operation: explanation.operation.name,
      tower,
      depths: [towers.length],
      most: Number.POSITIVE_INFINITY,
    };
    const [measured] = measure(order, tree);
    if ('refused' in measured) throw new Error(measured.refused);
    const ours = figures(explanation.sample);
    expect(ours).toEqual(figures(measured.perOperation));
    const inward = crossings(explanation).filter(({ ring }) => ring[0] > ring[1]);
    expect(inward).toHaveLength(ours['crossings']);
    expect(crossings(explanation)).toHaveLength(2 * ours['crossings']);
  });

  it('an operation that crosses no ring is refused', () => {
    const answer = explain({ tree, towers: [], operation: operationNamed('cpu') as Operation });
    expect(answer).toEqual({ error: expect.stringMatching(/^cpu: nothing .* crosses a ring/) });
  });
});

it('kernels at two depths in one process of the host are told apart', () => {
  const lines = crossings(explained(['tt', 'tt'], 'getpid')).map(({ from }) => from.replace(/\/\d+/, ''));
  const count = (name: string): number => lines.filter((from) => from === name).length;
  // Of the nine traps of the inner round one is the application's, one the inner kernel's, seven the inner tracer's.
  expect([count('app'), count('guest2'), count('tracer2')]).toEqual([1, 1, 7]);
});

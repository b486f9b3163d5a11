/** What an attack must print, by what a tower does about it: no tower has a list of its own. */

/** What of a tower an application can see. */
export interface Facts {
  /** The guest kernel in a process of its own, or in the upper part of the application's. */
  readonly kernel: 'apart' | 'beside';
  /** The pages by which a guest kernel beside its application is entered and left, to the application. */
  readonly doors: 'written' | 'read' | 'hidden';
  /**
   * The application's segments end below `from`: the flat ones, and the program's own too (`own`), unless that is asked of
   * them only while the guest kernel runs.
   */
  readonly limit?: { readonly from: number; readonly own: boolean };
  /** The guest kernel's pages are mapped while the application runs, for ring 1. */
  readonly inner?: true;
}

/** How a fact changes the lines, and why it is right that it does. */
export interface Change {
  readonly why: string;
  readonly of: (lines: readonly string[], facts: Facts) => readonly string[];
}

export interface Attempt {
  /** What it tries. */
  readonly what: string;
  /** Its lines where the guest kernel is a process of its own. */
  readonly expected: readonly string[];
  /** The real kernel of this machine prints the same, except lines that match. */
  readonly native?: true | RegExp;
  /** Where the guest kernel is in the application's process, and its doors can be written. */
  readonly beside?: Change;
  /** There, where doors can only be read; then, where they cannot be seen. */
  readonly read?: Change;
  readonly hidden?: Change;
  /** Its accesses go through descriptors of its own. */
  readonly own?: true;
  /** Where those are limited; where the limit is the guest kernel's beginning: beyond what LIMITED does to all. */
  readonly limited?: Change;
  readonly below?: Change;
  /** Where pages of ring 1 are mapped. */
  readonly inner?: Change;
}

/** Other lines altogether. */
export function instead(why: string, lines: readonly string[]): Change {
  return { why, of: () => lines };
}

/** The lines with these in the place of those that begin with the same words, up to the colon. */
export function amended(why: string, lines: readonly string[]): Change {
  const start = (line: string) => line.slice(0, line.indexOf(':') + 1);
  return { why, of: (old) => old.map((line) => lines.find((other) => start(other) === start(line)) ?? line) };
}

/** The lines without those that match. */
export function without(why: string, pattern: RegExp): Change {
  return { why, of: (old) => old.filter((line) => !pattern.test(line)) };
}

/** The first addresses of a guest kernel beside its application, and of the host kernel. */
const KERNEL = 0x7000_0000;
const HOST = 0xc000_0000;

/** #GP comes before #PF: the segment is asked before the page (SDM 3A, 5.3), and has neither address nor error code. */
const LIMITED: Change = {
  why: 'an access beyond the limit is a general protection fault, whatever page lies there',
  of: (lines, { limit }) =>
    lines.map((line) =>
      line.replace(/SIGSEGV at ([0-9a-f]+)(?:(, error )[0-9a-f]+)?/, (same, address, error) =>
        Number.parseInt(address, 16) < limit!.from ? same : `SIGSEGV vector 13${error ? `${error}0` : ''}`,
      ),
    ),
};

/** What an attack must print under a tower. */
export function linesFor(attempt: Attempt, facts: Facts): readonly string[] {
  const { kernel, doors, limit, inner } = facts;
  if (kernel === 'apart') return attempt.expected;
  const limited = limit && (limit.own || !attempt.own);
  const changes = [
    attempt.beside,
    doors !== 'written' && attempt.read,
    doors === 'hidden' && attempt.hidden,
    inner && attempt.inner,
    limited && LIMITED,
    limited && attempt.limited,
    limit?.from === KERNEL && attempt.below,
  ];
  return changes.reduce<readonly string[]>(
    (lines, change) => (change ? change.of(lines, facts) : lines),
    attempt.expected,
  );
}

const apart = { kernel: 'apart', doors: 'hidden' } as const;
const calls = { kernel: 'beside', doors: 'written' } as const;
const views = { kernel: 'beside', doors: 'hidden' } as const;
const segments = { ...views, limit: { from: KERNEL, own: true } } as const;
// A thread that can be in ring 1 must not reach the host kernel from there: its flat segments are never longer; its own
// descriptors are cut down by the host on the way into ring 1, which it does not see where that is a gate.
const ring1 = { ...views, limit: { from: HOST, own: false }, inner: true } as const;
const gate = { ...views, limit: { from: HOST, own: true }, inner: true } as const;

/** Towers that protect the guest kernel from its applications. */
export const TOWERS: Readonly<Record<string, Facts>> = {
  skas: apart,
  sysemu: apart,
  umlinux: calls,
  'tt+jail': calls,
  // No carrier writes there, and no exception has its stack there: a script puts the registers where it was told.
  ktrace: { kernel: 'beside', doors: 'read' },
  'ktrace+segments': segments,
  'ktrace+pagetables': views,
  'ktrace+segments+pagetables': segments,
  'ktrace+ring1': ring1,
  'ktrace+ring1+pagetables': ring1,
  gate,
  'gate+pagetables': gate,
};

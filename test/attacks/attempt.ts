/** What an attack must print, by what a tower does about it: no tower has a list of its own. */

/** What of a tower an application can see. */
export interface Facts {
  /** The guest kernel in a process of its own, or in the upper part of the application's. */
  readonly kernel: 'apart' | 'beside';
  /** The pages by which a guest kernel beside its application is entered and left, to the application. */
  readonly doors: 'written' | 'read' | 'hidden';
  /** The application's segments end below the guest kernel. */
  readonly limit: boolean;
}

/** How a fact changes the lines, and why it is right that it does. */
export interface Change {
  readonly why: string;
  readonly of: (lines: readonly string[]) => readonly string[];
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
  /** Where segments are limited: beyond what `limited` does to all. */
  readonly limited?: Change;
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

/** The first address of a guest kernel beside its application. */
const KERNEL = 0x7000_0000;

/** #GP comes before #PF: the segment is asked before the page (SDM 3A, 5.3), and has neither address nor error code. */
const LIMITED: Change = {
  why: 'an access beyond the limit is a general protection fault, whatever page lies there',
  of: (lines) =>
    lines.map((line) =>
      line.replace(/SIGSEGV at ([0-9a-f]+)(?:(, error )[0-9a-f]+)?/, (same, address, error) =>
        Number.parseInt(address, 16) < KERNEL ? same : `SIGSEGV vector 13${error ? `${error}0` : ''}`,
      ),
    ),
};

/** What an attack must print under a tower. */
export function linesFor(attempt: Attempt, { kernel, doors, limit }: Facts): readonly string[] {
  if (kernel === 'apart') return attempt.expected;
  const changes = [
    attempt.beside,
    doors !== 'written' && attempt.read,
    doors === 'hidden' && attempt.hidden,
    limit && LIMITED,
    limit && attempt.limited,
  ];
  return changes.reduce<readonly string[]>((lines, change) => (change ? change.of(lines) : lines), attempt.expected);
}

const views = { kernel: 'beside', doors: 'hidden', limit: false } as const;
const segments = { kernel: 'beside', doors: 'hidden', limit: true } as const;
const calls = { kernel: 'beside', doors: 'written', limit: false } as const;
const apart = { kernel: 'apart', doors: 'hidden', limit: false } as const;

/** Towers that protect the guest kernel from its applications. */
export const TOWERS: Readonly<Record<string, Facts>> = {
  skas: apart,
  sysemu: apart,
  umlinux: calls,
  'tt+jail': calls,
  // No carrier writes there, and no exception has its stack there: a script puts the registers where it was told.
  ktrace: { kernel: 'beside', doors: 'read', limit: false },
  'ktrace+segments': segments,
  'ktrace+pagetables': views,
  'ktrace+segments+pagetables': segments,
};

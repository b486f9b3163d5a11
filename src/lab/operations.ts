/** The operations that are compared and explained. */
import { nearest } from '../abi/nearest.ts';

/** Something that a program asks of its kernel, again and again. */
export interface Operation {
  readonly name: string;
  /** Other names that users know it by. */
  readonly aliases: readonly string[];
  /** What one operation is, in words. */
  readonly title: string;
  /** The program that does it so many times, and its arguments. */
  argv(count: number): readonly string[];
  /**
   * How often it is done to be measured: as a rule, and where one takes very many events. Powers of two, so that every
   * fraction is exact; with these and with twice as many what the program prints is equally long.
   */
  readonly counts: readonly [number, number];
}

const probe =
  (name: string) =>
  (count: number): readonly string[] => [`/bin/probe-${name}`, String(count)];

const pipeline = (count: number): readonly string[] => [
  '/bin/sh',
  '-c',
  `n=${count}; while [ $n -gt 0 ]; do ls / | wc -l >/dev/null; n=$((n - 1)); done`,
];

const USUAL = [16, 4] as const;

export const OPERATIONS: readonly Operation[] = [
  { name: 'null', aliases: ['getpid', 'null-call'], title: 'null system call', argv: probe('getpid'), counts: USUAL },
  {
    name: 'fault',
    aliases: ['page-fault'],
    title: 'page fault on a fresh page',
    argv: probe('fault'),
    counts: [16, 2],
  },
  { name: 'mmap', aliases: ['map'], title: 'mmap, touch, munmap of a page', argv: probe('mmap'), counts: USUAL },
  {
    name: 'signal',
    aliases: ['kill'],
    title: 'a signal to itself, with handler',
    argv: probe('signal'),
    counts: USUAL,
  },
  { name: 'pipe', aliases: ['round-trip'], title: 'a byte through pipes and back', argv: probe('pipe'), counts: USUAL },
  {
    name: 'switch',
    aliases: ['yield'],
    title: 'both of two processes yield once',
    argv: probe('switch'),
    counts: USUAL,
  },
  { name: 'fork', aliases: ['fork+wait'], title: 'fork, exit, wait', argv: probe('fork'), counts: USUAL },
  { name: 'exec', aliases: ['fork+exec+wait'], title: 'fork, exec, exit, wait', argv: probe('exec'), counts: USUAL },
  { name: 'open', aliases: ['open+close'], title: 'open and close', argv: probe('open'), counts: USUAL },
  { name: 'read', aliases: ['pread'], title: 'read 4 KiB of a file', argv: probe('read'), counts: USUAL },
  { name: 'pipeline', aliases: ['shell-pipeline'], title: 'ls | wc in the shell', argv: pipeline, counts: [4, 2] },
  { name: 'cpu', aliases: ['compute'], title: 'computing without calls', argv: probe('cpu'), counts: [256, 256] },
];

/** The operation of this name or alias, or what is wrong with it. */
export function operationNamed(name: string): Operation | { readonly error: string } {
  const found = OPERATIONS.find((operation) => operation.name === name || operation.aliases.includes(name));
  if (found) return found;
  const close = nearest(
    name,
    OPERATIONS.flatMap((operation) => [operation.name, ...operation.aliases]),
  );
  const hint = close
    ? `Did you mean ${close}?`
    : `Choose one of ${OPERATIONS.map((operation) => operation.name).join(', ')}`;
  return { error: `${name}: there is no such operation. ${hint}` };
}

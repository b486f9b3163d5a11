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

/** A command that the shell repeats. */
const repeated =
  (command: string) =>
  (count: number): readonly string[] => [
    '/bin/sh',
    '-c',
    `n=${count}; while [ $n -gt 0 ]; do ${command}; n=$((n - 1)); done`,
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
  {
    name: 'pipeline',
    aliases: ['shell-pipeline'],
    title: 'ls | wc in the shell',
    argv: repeated('ls / | wc -l >/dev/null'),
    counts: [4, 2],
  },
  { name: 'cpu', aliases: ['computing'], title: 'computing without calls', argv: probe('cpu'), counts: [256, 256] },
];

/** Three sources are written, "compiled" to objects, "linked", and removed: a process for each step, and pipes. */
const BUILD = [
  'mkdir -p /tmp/b; cd /tmp/b',
  'for f in 1 2 3; do seq $f 60 | sed "s/^/int x/; s/$/;/" >$f.c; grep -v "#" $f.c | tr a-z A-Z | sort -r >$f.o; done',
  'cat 1.o 2.o 3.o | cksum >all; rm 1.c 2.c 3.c 1.o 2.o 3.o all',
].join('; ');
const FEW = [1, 1] as const;

/** Work of several kinds, by which towers are compared where one operation says too little. They take their time. */
export const WORKLOADS: readonly Operation[] = [
  {
    name: 'compute',
    aliases: ['cpu-bound'],
    title: 'cksum of a file: computing',
    argv: repeated('cksum /bin/sh >/dev/null'),
    counts: FEW,
  },
  {
    name: 'calls',
    aliases: ['call-bound'],
    title: 'ls -l of a directory: calls',
    argv: repeated('ls -l /bin >/dev/null'),
    counts: FEW,
  },
  {
    name: 'copy',
    aliases: ['io-bound'],
    title: 'dd of a file in small blocks: calls that move bytes',
    argv: repeated('dd if=/bin/tools of=/tmp/x bs=512 2>/dev/null'),
    counts: FEW,
  },
  {
    name: 'build',
    aliases: ['build-like'],
    title: 'a build: processes, files, pipes',
    argv: repeated(BUILD),
    counts: FEW,
  },
];

/** All that have a name, in the order in which they are shown. */
export const ALL_OPERATIONS: readonly Operation[] = [...OPERATIONS, ...WORKLOADS];

/** The operation or workload of this name or alias, or what is wrong with it. */
export function operationNamed(name: string): Operation | { readonly error: string } {
  const found = ALL_OPERATIONS.find((operation) => operation.name === name || operation.aliases.includes(name));
  if (found) return found;
  const close = nearest(
    name,
    ALL_OPERATIONS.flatMap((operation) => [operation.name, ...operation.aliases]),
  );
  const hint = close
    ? `Did you mean ${close}?`
    : `Choose one of ${ALL_OPERATIONS.map((operation) => operation.name).join(', ')}`;
  return { error: `${name}: there is no such operation. ${hint}` };
}

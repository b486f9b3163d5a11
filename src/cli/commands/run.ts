import { setFlagsFromString } from 'node:v8';
import { EACCES, ENOENT, ENOEXEC, ENOTDIR, errnoMessage } from '../../abi/errno.ts';
import { SIGILL } from '../../abi/signals.ts';
import { Run } from '../../host/boot.ts';
import type { Host } from '../../host/host.ts';
import { violationText } from '../../kernel/audit/books.ts';
import type { RunEnd } from '../../kernel/kernel.ts';
import type { LowerTree } from '../../kernel/platform.ts';
import type { Session } from '../../lab/ktrace/session.ts';
import { PRIMITIVES } from '../../lab/registry.ts';
import { statOf } from '../../lab/stat.ts';
import { explainUndefined } from '../../lab/undefined.ts';
import { EXIT, Failure } from '../failure.ts';
import { modelNamed } from '../models.ts';
import { debugKinds, startDebug } from '../run/debug.ts';
import { Doorbell, drive } from '../run/driver.ts';
import { Guests } from '../run/guests.ts';
import { errorLog, fileLog, type Log, warner } from '../run/log.ts';
import { Ports, publishedPort } from '../run/publish.ts';
import { notFound, openTree } from '../run/root.ts';
import { openArchive, saveChanges } from '../run/save.ts';
import { byteString, environment, memorySize, wholeNumber } from '../run/settings.ts';
import { InputStream, OutputStream } from '../run/streams.ts';
import { takeTerminal } from '../run/terminal.ts';
import { traceOf } from '../run/trace.ts';
import { whyRefused } from '../run/why.ts';
import { statText } from '../stat-text.ts';

/** Options of `nestlab run` as commander hands them over. */
export interface RunOptions {
  readonly root?: string;
  readonly rw?: boolean;
  readonly save?: string;
  readonly cpu: string;
  readonly mem: string;
  readonly env?: readonly string[];
  readonly cwd: string;
  readonly stat?: boolean;
  readonly strace?: string;
  readonly straceDepth?: string;
  readonly summary?: boolean;
  readonly d?: string;
  readonly D?: string;
  readonly json?: boolean;
  readonly realtime?: boolean;
  readonly seed: string;
  readonly audit?: boolean;
  readonly guest?: readonly string[];
  readonly publish?: readonly string[];
}

/** Wall-clock time at which a reproducible run begins: 2026-01-01T00:00:00Z, in ns since 1970. */
const BOOT_TIME = 1_767_225_600e9;
/** Violations that --audit names before it only counts them. */
const VIOLATIONS_SHOWN = 50;

/**
 * Runs a program of the root with all that it starts, watched by a script where there is a session; returns the exit code
 * that a shell would give it.
 */
export async function run(
  name: string,
  args: readonly string[],
  options: RunOptions,
  session?: Session,
): Promise<number> {
  const kinds = debugKinds(options.d ?? '');
  const model = modelNamed(options.cpu);
  const memory = memorySize(options.mem);
  const seed = wholeNumber('--seed', options.seed);
  const published = (options.publish ?? []).map(publishedPort);
  // A client outside lives in real time.
  const realTime = options.realtime || published.length > 0;
  if (options.rw && options.save !== undefined)
    throw new Failure('--save: with --rw nothing is kept apart. Use one of the two');
  const archive = options.save === undefined ? undefined : openArchive(options.save);
  const guests = new Guests(options.guest ?? []);
  if (guests.depth > 0 && published.length > 0)
    throw new Failure('--publish: a guest kernel has a network of its own, to which no port leads. Leave out --guest');
  const physical = (): Host['memory'] => started.host.memory;
  const tree = guests.tree(openTree(options.root, options.rw ?? false, physical), physical);
  const words = guests.command(memory, [name, ...args]);
  const input = new InputStream();
  const output = [new OutputStream(1), new OutputStream(2)] as const;
  const onTerminal = input.kind === 'terminal';
  const log = options.D === undefined ? errorLog(onTerminal) : fileLog(options.D);
  const trace =
    options.strace === undefined
      ? undefined
      : traceOf(options.strace, options, guests.depth, log, () => started.host.now());
  const observer = trace?.observer(0);
  const begun = process.hrtime.bigint();
  // The kernel takes its `events` when it begins to run: ask for them anew each time.
  const bell = new Doorbell(() => started.host.events);
  const ports = published.length > 0 ? new Ports(published, bell, errorLog(onTerminal).line) : undefined;
  // The machine's loop returns often enough to be replaced by its compiled form: a second compilation would be in vain.
  setFlagsFromString('--no-use-osr');
  const started: Run = new Run(
    {
      program: byteString(words[0]),
      argv: words.map(byteString),
      envp: environment(options.env ?? [], onTerminal || output.some(({ kind }) => kind === 'terminal')),
      cwd: byteString(options.cwd),
      primitives: PRIMITIVES,
      ...(session ? { watch: session.watch } : {}),
    },
    {
      memory,
      model,
      outside: {
        tree,
        streams: [input, ...output],
        bootTime: realTime ? Date.now() * 1e6 : BOOT_TIME,
        seed,
        live: () => input.live || ports !== undefined,
        ...(ports ? { harbour: ports } : {}),
        warn: warner(errorLog(onTerminal)),
        ...(observer ? { observer } : {}),
        ...(realTime ? { realTime: () => Number(process.hrtime.bigint() - begun) } : {}),
      },
    },
  );
  const found: string[] = [];
  guests.install(started, {
    ...(session ? { watch: session.watch } : {}),
    ...(trace ? { observer: (depth) => trace.observer(depth) } : {}),
    ...(options.audit
      ? {
          audited: (depth, wrong) =>
            found.push(...wrong.map((violation) => `depth ${depth}: ${violationText(violation)}`)),
        }
      : {}),
  });
  session?.install(started);
  const endDebug = startDebug(kinds, started, log, options.json ?? false);
  await ports?.listen();
  const end = await live(started, input, bell).finally(() => ports?.close());
  trace?.finish();
  endDebug();
  if (end.kind === 'deadlock')
    throw new Failure('run: every process waits and nothing can wake one. See for what: nestlab run --strace');
  if (end.kind === 'refused') throw refusal(end.errno, name, options.root, tree);
  if (options.stat) printStat([name, ...args].join(' '), started, options.json ?? false, errorLog(false));
  if (options.audit) auditRun(started, found);
  if ((end.status & 0x7f) === SIGILL && started.host.undefined !== undefined)
    errorLog(onTerminal).line(`nestlab: ${name}: SIGILL at ${explainUndefined(started.host.undefined, model)}`);
  const farewell = guests.farewell(end.status);
  if (farewell !== undefined) errorLog(onTerminal).line(`nestlab: ${farewell}`);
  log.close();
  if (archive !== undefined) saveChanges(started, archive);
  return codeOf(end.status);
}

/** Gives the run the terminal and the input, lets it live, and takes both back. */
async function live(run: Run, input: InputStream, bell: Doorbell): Promise<RunEnd> {
  const terminal = takeTerminal(bell, input.kind === 'terminal');
  input.start(bell);
  try {
    return await drive(run, bell, terminal.suspend, input.kind === 'terminal');
  } finally {
    terminal.release();
    input.stop();
  }
}

/** --audit: names what is wrong with the books of the kernels, one line each, and fails. */
function auditRun(run: Run, inGuests: readonly string[]): void {
  const violations = [...inGuests, ...run.audit().map(violationText)];
  if (violations.length === 0) return;
  const lines = violations.slice(0, VIOLATIONS_SHOWN).map((violation) => `audit: ${violation}`);
  lines.push(
    `audit: ${violations.length} violations: a mistake of nestlab's own; please report it with the command line`,
  );
  throw new Failure(lines.join('\nnestlab: '), EXIT.audit);
}

function printStat(title: string, run: Run, json: boolean, log: Log): void {
  const stat = statOf(run.machine.ledger.depths, run.machine.cpu.retired, run.host.now());
  log.line(json ? JSON.stringify(stat) : statText(title, stat).replace(/\n$/, ''));
}

/** What a shell reports of a wait status: the exit code, or 128 + the signal. */
function codeOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >>> 8) & 0xff : EXIT.signal + signal;
}

/** Why the program did not start, from errno. */
function refusal(errno: number, name: string, root: string | undefined, tree: LowerTree): Failure {
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return new Failure(notFound(name, root, tree), EXIT.notFound);
    case EACCES:
      return new Failure(
        `run: ${name}: it may not be executed. Set its x permission, or name another program`,
        EXIT.cannotExecute,
      );
    case ENOEXEC:
      return new Failure(
        `run: ${name}: ${(root && whyRefused(name, root)) ?? 'not an i386 Linux program. See what it is: nestlab check FILE'}`,
        EXIT.cannotExecute,
      );
    default:
      return new Failure(
        `run: ${name}: ${errnoMessage(errno)}. It was found but cannot be executed`,
        EXIT.cannotExecute,
      );
  }
}

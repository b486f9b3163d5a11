import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import type { CheckOptions } from './commands/check.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { KtraceOptions } from './commands/ktrace.ts';
import type { RunOptions } from './commands/run.ts';
import type { ScenarioOptions } from './commands/scenario.ts';
import { WORKER } from './compare/worker.ts';
import { EXIT, Failure } from './failure.ts';

const EXAMPLES = `
Examples:
  nestlab compare                                       what operations cost on the host kernel and in guest kernels
  nestlab run -- /bin/sh -c 'echo hello; ls /bin'       a shell on the emulated machine
  nestlab run --stat -- /bin/probe-getpid 1000          what happened, in the manner of perf stat
  nestlab run --strace=%file -- /bin/cat /etc/motd      system calls, in the manner of strace
  nestlab run --root ./debian --cpu pentium4 -- /bin/bash   a directory of this computer as the root, never written
  nestlab ktrace -e 'syscall:*:entry { @[name] = count(); }' -- /bin/ls   system calls counted by name
  nestlab check ./a.out                                 what a program needs, without running it
  nestlab explain sysemu getpid                         the crossings of one operation, one by one
  nestlab scenario sysemu                               towers and operations of a file, and what must come of them

Exit codes:
  the program's own; 128+n when signal n ended it; 127 no such program; 126 it cannot be executed;
  125 nestlab could not do what it was asked; 124 --audit found a mistake of nestlab's own; check: 0 all supported, 1 something is not;
  scenario: 0 all as expected, 1 something is not
`;

/** The package's version, from its package.json. */
function version(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
      if (name === 'nestlab') return version;
    } catch {
      if (dirname(at) === at) throw new Error('nestlab: no package.json above this file');
    }
  }
}

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

/** Parses the words of the command line, runs the command, and returns the exit code. Mistakes are thrown as Failure. */
export async function main(words: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('nestlab')
    .description('A laboratory for host-based virtualization: unmodified i386 Linux programs on an emulated machine.')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES);
  const run = program
    .command('run')
    .description('run a program; its input, output, terminal and exit status are those of this command')
    .usage('[options] [--] PROG [ARGS...]')
    .argument('<PROG>', 'path in the root, or a name that is looked up in PATH')
    .argument('[ARGS...]', 'its arguments')
    .passThroughOptions()
    .option(
      '--root <DIR>',
      'a directory of this computer as the root; it is never written (default: the embedded programs)',
    )
    .option('--rw', 'write changes through to --root')
    .option('--save <FILE.tar>', 'write the changed files to a tar archive at the end')
    .option('--cpu <MODEL>', 'processor: i486, pentium, pentium2, pentium4', 'pentium2')
    .option('--mem <SIZE>', 'memory, e.g. 64M', '256M')
    .option('--env <K=V>', 'an environment variable (repeatable)', collect)
    .option('--cwd <DIR>', 'working directory in the root', '/')
    .option('--stat', 'print what happened, on stderr')
    .option('--strace [FILTER]', 'print system calls: names, %classes, !names as strace -e trace=')
    .option('--strace-depth <N>', 'with --strace: of the kernel with N below it, or all (default: the innermost)')
    .option('-c, --summary', 'with --strace: only count')
    .option('-d <KINDS>', 'log: exec, event, crossing, fault, hash (separated by commas)')
    .option('-D <FILE>', 'write --strace and -d to this file instead of stderr')
    .option('--json', 'JSON for --stat, JSON Lines for --strace and -d')
    .option('--realtime', 'tie time to the clock; such a run is not reproducible')
    .option(
      '--publish <HOSTPORT:PORT[/udp]>',
      'a port of this computer leads to a server inside (repeatable); implies --realtime, so not reproducible',
      collect,
    )
    .option(
      '--guest <TOWER>',
      'run the program on a guest kernel: sysemu, ktrace+segments, ... (repeatable: one inside the other, the outermost first)',
      collect,
    )
    .option('--audit', "check the kernel's own books at the end: what is wrong is named, exit code 124")
    .option('--seed <N>', 'seed of the random bytes that programs see', '1')
    .action(async (name: string, args: string[], options: RunOptions) => {
      code = await (await import('./commands/run.ts')).run(name, args, options);
    });
  program
    .command('check')
    .description('list, without running, the instructions and system calls of a program that are not supported')
    .argument('<PROG>', 'an i386 ELF file of this computer')
    .option('--cpu <MODEL>', 'the processor that the program shall run on', 'pentium2')
    .option('--root <DIR>', 'a dynamic program: the directory in which its libraries are found, which are checked too')
    .option('--json', 'print a JSON object')
    .action(async (file: string, options: CheckOptions) => {
      code = await (await import('./commands/check.ts')).check(file, options);
    });
  program
    .command('explain')
    .description('every crossing of one operation of a program under a guest kernel, as it really happens, and why')
    .argument(
      '<TOWER>',
      'native, a tower (umlinux, sysemu, ktrace+segments, ...), or several, one inside the other: sysemu/skas',
    )
    .argument('<OPERATION>', 'getpid, fault, mmap, signal, pipe, switch, fork, exec, open, read, pipeline')
    .option('--depth <N>', 'the tower N times, one inside the other (default: 1)')
    .option('--json', 'print a JSON object')
    .action(async (tower: string, operation: string, options: ExplainOptions) => {
      code = (await import('./commands/explain.ts')).explainCommand(tower, operation, options);
    });
  program
    .command('scenario')
    .description(
      'run a scenario: towers, operations and programs, and what must come of them; without a name list ours',
    )
    .argument('[FILE]', 'a JSON file (scenarios/schema.json says what is in it), or the name of one of ours')
    .option('--print', 'only print it, with all its defaults')
    .option('--json', 'print what came of it as a JSON object')
    .action(async (file: string | undefined, options: ScenarioOptions) => {
      code = await (await import('./commands/scenario.ts')).scenarioCommand(file, options);
    });
  program
    .command('compare')
    .description('compare what operations cost on the host kernel and in guest kernels: counts, and modelled cycles')
    .option('--towers <GLOB,...>', 'which towers: names, or patterns with * and ?', '*')
    .option(
      '--programs <LIST>',
      'operations: null, fault, mmap, pipe, ... (default: all); work: compute, calls, copy, build',
    )
    .option('--depth <N>', 'stand each tower on itself, up to N kernels deep (1 to 4), or a range: 2..3', '1')
    .option('--profile <NAME>', 'the processor whose prices turn counts into cycles', 'pentium3-2000')
    .option('--overhead', "only what is beyond the baseline, in %; --profile may then name several: --profile '*'")
    .option('--baseline <TOWER>', 'what ratios are to', 'native')
    .option('--cycles', 'show what the modelled cycles are for in the place of counts')
    .option('--sensitivity', 'say which rankings change when assumed prices are halved or doubled')
    .option('--export-json <FILE>', 'write all counts as JSON (- is standard output)')
    .option('--export-csv <FILE>', 'write the table as CSV')
    .option('--export-markdown <FILE>', 'write the tables as Markdown')
    .action(async (options: CompareOptions) => {
      code = await (await import('./commands/compare.ts')).compare(options);
    });
  program
    .command('ktrace')
    .description('run a program under a script that counts what happens, in every kernel of the run (docs/ktrace.md)')
    .usage('[options] (-e SCRIPT | FILE) -- PROG [ARGS...]')
    .argument('[WORDS...]', 'a file with the script, unless -e gives one; the program and its arguments')
    .option('-e <SCRIPT>', "the script: 'syscall:*:entry { @[name] = count(); }'")
    .option('-l, --list [PROBE]', "list probes with what is known at each: -l 'syscall:*'")
    .option('-n', 'only check the script')
    .option('--explain', 'say each clause of the script in a sentence')
    .option('--unsafe', 'let the script change the run (return, signal, ...)')
    .option('-o, --output <FILE>', 'write the maps to this file instead of stderr')
    .option('--json', 'JSON Lines: one object for each map, probe or clause')
    .option('--guest <TOWER>', 'as for run', collect)
    .option('--root <DIR>', 'as for run')
    .option('--cpu <MODEL>', 'as for run', 'pentium2')
    .option('--mem <SIZE>', 'as for run', '256M')
    .option('--env <K=V>', 'as for run', collect)
    .option('--cwd <DIR>', 'as for run', '/')
    .option('--seed <N>', 'as for run', '1')
    .action(async (words: string[], options: KtraceOptions) => {
      code = await (await import('./commands/ktrace.ts')).ktrace(words, options);
    });
  program.command(WORKER, { hidden: true }).action(async () => {
    await (await import('./compare/pool.ts')).work();
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => {} });
    command.helpOption('--help', 'print this help').showSuggestionAfterError();
  }
  if (words.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync(bindFilter(words, run), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    throw new Failure(
      oneLine(error.message, program.commands.some((command) => command.name() === words[0]) ? words[0] : ''),
    );
  }
  return code;
}

/** `--strace` takes its filter only behind '=': alone it must not swallow the program's name. */
function bindFilter(words: readonly string[], run: Command): string[] {
  const bound = [...words];
  for (let i = words[0] === 'run' ? 1 : bound.length; i < bound.length; i++) {
    if (bound[i] === '--' || !bound[i].startsWith('-')) break;
    if (bound[i] === '--strace') bound[i] = '--strace=all';
    const option = run.options.find(({ long, short }) => long === bound[i] || short === bound[i]);
    if (option?.required) i++;
  }
  return bound;
}

/** commander's message as one line that ends with what to do next. */
function oneLine(message: string, command: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (one of )?(.*)\?\)/, '. Did you mean $2?')
    .replace(/\n/g, ' ');
  const help = `nestlab ${command === '' ? '' : `${command} `}--help`;
  return `${text}${text.endsWith('?') || text.endsWith('.') ? '' : '.'} See: ${help}`;
}

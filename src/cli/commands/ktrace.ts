import { readFileSync, writeFileSync } from 'node:fs';
import { clausesOf, explainClause, listingText, listProbes, scriptOf } from '../../lab/ktrace/script.ts';
import { Session } from '../../lab/ktrace/session.ts';
import { Failure } from '../failure.ts';
import { type RunOptions, run } from './run.ts';

/** Options of `nestlab ktrace` as commander hands them over. */
export interface KtraceOptions extends RunOptions {
  readonly e?: string;
  readonly list?: string | true;
  readonly n?: boolean;
  readonly explain?: boolean;
  readonly unsafe?: boolean;
  readonly output?: string;
}

/** Runs a program under a script, or only lists, parses or explains; returns the exit code. */
export async function ktrace(words: readonly string[], options: KtraceOptions): Promise<number> {
  if (options.list !== undefined) {
    list(options.list === true ? '*' : options.list, options.json ?? false);
    return 0;
  }
  const [name, text, argv] = scriptAndProgram(words, options);
  if (options.n || options.explain) {
    const clauses = clausesOf(name, text);
    if (typeof clauses === 'string') throw new Failure(`ktrace: ${clauses}`);
    if (options.explain) print(clauses.map(explainClause), options.json ?? false, 'clause');
    return 0;
  }
  const script = scriptOf(name, text, options.unsafe ?? false);
  if (typeof script === 'string') throw new Failure(`ktrace: ${script}`);
  const [program, ...args] = argv;
  if (program === undefined)
    throw new Failure('ktrace: which program? For example: nestlab ktrace -e SCRIPT -- /bin/sh -c ls');
  const session = new Session(script);
  const code = await run(program, args, { ...options, json: false }, session);
  report(session.text(options.json ?? false), options.output);
  return code;
}

/** The script's name and text, and the words behind it. */
function scriptAndProgram(
  words: readonly string[],
  { e }: KtraceOptions,
): readonly [name: string, text: string, argv: readonly string[]] {
  if (e !== undefined) return ['-e', e, words];
  const [file, ...argv] = words;
  if (file === undefined) throw new Failure('ktrace: which script? Give one with -e, or name a file');
  try {
    return [file, readFileSync(file, 'utf8'), argv];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`ktrace: ${file}: it cannot be read (${code}). A script stands in a file, or behind -e`);
  }
}

function list(pattern: string, json: boolean): void {
  const listed = listProbes(pattern);
  if (listed.length === 0) throw new Failure(`ktrace: no probe is called ${pattern}. ${meantBy(pattern)}`);
  if (json) for (const row of listed) process.stdout.write(`${JSON.stringify(row)}\n`);
  else process.stdout.write(listingText(listed));
}

/** What was probably meant: as a script that names the probe would be told. */
function meantBy(pattern: string): string {
  const clauses = clausesOf('-l', `${pattern} { }`);
  const hint = typeof clauses === 'string' ? clauses.split('\n').at(-1)! : '';
  return hint.startsWith('Did you mean ') ? hint : 'See all: nestlab ktrace -l';
}

function print(lines: readonly string[], json: boolean, key: string): void {
  for (const line of lines) process.stdout.write(`${json ? JSON.stringify({ [key]: line }) : line}\n`);
}

function report(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stderr.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`-o: ${file} cannot be written (${code}). Name a file in a directory that exists`);
  }
}

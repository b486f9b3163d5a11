import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { comparisonOf, ordersOf } from '../../lab/compare/comparison.ts';
import { type Exporter, toCsv, toJson, toMarkdown } from '../../lab/compare/export.ts';
import { sensitivityOf } from '../../lab/compare/sensitivity.ts';
import { overheadText } from '../compare/overhead.ts';
import { measureAll } from '../compare/pool.ts';
import { progressOn } from '../compare/progress.ts';
import { profilesOf, questionOf } from '../compare/question.ts';
import { styleOf } from '../compare/style.ts';
import { comparisonText } from '../compare/text.ts';
import { EXIT, Failure } from '../failure.ts';

/** Options of `nestlab compare` as commander hands them over. */
export interface CompareOptions {
  readonly towers: string;
  readonly programs?: string;
  readonly depth: string;
  readonly profile: string;
  readonly baseline: string;
  readonly sensitivity?: boolean;
  readonly overhead?: boolean;
  readonly cycles?: boolean;
  readonly exportJson?: string;
  readonly exportCsv?: string;
  readonly exportMarkdown?: string;
}

/** The name of standard output as a file. */
const STANDARD_OUTPUT = '-';

/** Measures operations under towers and shows what each costs, as a table and in files. */
export async function compare(options: CompareOptions): Promise<number> {
  const question = questionOf(options);
  const profiles = profilesOf(options.profile);
  if (profiles.length > 1 && !options.overhead)
    throw new Failure('--profile: one at a time. Several are shown side by side with --overhead');
  const exports = (
    [
      ['--export-json', options.exportJson, toJson],
      ['--export-csv', options.exportCsv, toCsv],
      ['--export-markdown', options.exportMarkdown, toMarkdown],
    ] satisfies [string, string | undefined, Exporter][]
  ).filter(([, file]) => file !== undefined) as [string, string, Exporter][];
  // Who waits for a minute is told before, not after.
  for (const [option, file] of exports) if (file !== STANDARD_OUTPUT) checkWritable(option, file);
  const orders = ordersOf(question);
  const progress = progressOn(process.stderr, orders.length);
  const answers = await measureAll(orders, progress.next).finally(progress.end);
  const comparison = comparisonOf(question, answers);
  const sensitivity = options.sensitivity ? sensitivityOf(comparison) : undefined;
  for (const [option, file, exporter] of exports) {
    const text = exporter(comparison, sensitivity);
    if (file === STANDARD_OUTPUT) process.stdout.write(text);
    else write(option, file, text);
  }
  if (exports.some(([, file]) => file === STANDARD_OUTPUT)) return EXIT.ok;
  const style = styleOf(process.stdout, process.env);
  process.stdout.write(
    options.overhead
      ? overheadText(
          profiles.map((profile) => comparisonOf({ ...question, profile }, answers)),
          style,
        )
      : comparisonText(comparison, style, options.cycles ? 'cycles' : 'counts', sensitivity),
  );
  return EXIT.ok;
}

function checkWritable(option: string, file: string): void {
  try {
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      accessSync(file, constants.W_OK);
    } else accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(option, file, error);
  }
}

function write(option: string, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw unwritable(option, file, error);
  }
}

function unwritable(option: string, file: string, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === 'ENOENT' ? 'no such directory' : code === 'EISDIR' ? 'it is a directory' : `cannot be written (${code})`;
  return new Failure(`${option}: ${file}: ${why}. Name a file in a directory that exists, or - for standard output`);
}

import { readFileSync } from 'node:fs';
import { CALLS } from '../../kernel/calls/table.ts';
import { readExecutable } from '../../lab/check/elf.ts';
import { checkProgram } from '../../lab/check/report.ts';
import { reportText } from '../check-text.ts';
import { EXIT, Failure } from '../failure.ts';
import { modelNamed } from '../models.ts';

/** Options of `nestlab check` as commander hands them over. */
export interface CheckOptions {
  readonly cpu: string;
  readonly json?: boolean;
}

/** Prints what an i386 ELF file of this computer needs; 0 when all of it is there, 1 when something is not. */
export async function check(file: string, options: CheckOptions): Promise<number> {
  const model = modelNamed(options.cpu);
  const program = readExecutable(read(file));
  if (typeof program === 'string') throw new Failure(`check: ${file}: ${program}. See: nestlab check --help`);
  const report = checkProgram(
    program,
    CALLS.flatMap((row) => (row ? [row] : [])),
  );
  const lacking = report.features.filter(({ what }) => !(model.features as ReadonlySet<string>).has(what));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, cpu: model.name, ...report }, null, 2)}\n`
      : reportText(file, model, report),
  );
  const all = report.opcodes.length === 0 && report.unsupportedCalls.length === 0 && lacking.length === 0;
  return all ? EXIT.ok : EXIT.unsupported;
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a directory' : `cannot be read (${code})`;
    throw new Failure(
      `check: ${file}: ${why}. PROG is a file of this computer. See: nestlab check --help`,
      EXIT.failure,
    );
  }
}

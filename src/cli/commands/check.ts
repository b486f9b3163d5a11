import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsWith } from '../../kernel/calls/table.ts';
import { readExecutable } from '../../lab/check/elf.ts';
import { librariesOf } from '../../lab/check/libraries.ts';
import { checkProgram } from '../../lab/check/report.ts';
import { PRIMITIVES } from '../../lab/registry.ts';
import { type CheckedLibrary, librariesText, reportText } from '../check-text.ts';
import { EXIT, Failure } from '../failure.ts';
import { modelNamed } from '../models.ts';

/** Options of `nestlab check` as commander hands them over. */
export interface CheckOptions {
  readonly cpu: string;
  readonly root?: string;
  readonly json?: boolean;
}

/** Prints what an i386 ELF file of this computer needs; 0 when all of it is there, 1 when something is not. */
export async function check(file: string, options: CheckOptions): Promise<number> {
  const model = modelNamed(options.cpu);
  const program = readExecutable(read(file));
  if (typeof program === 'string') throw new Failure(`check: ${file}: ${program}. See: nestlab check --help`);
  const rows = callsWith(PRIMITIVES).flatMap((row) => (row ? [row] : []));
  const report = checkProgram(program, rows);
  const { root } = options;
  const libraries: CheckedLibrary[] =
    root === undefined
      ? []
      : librariesOf(program, (path) => readIn(root, path), file).map(({ program: library, ...rest }) => ({
          ...rest,
          why: typeof library === 'string' ? library : '',
          report: typeof library === 'object' ? checkProgram(library, rows) : undefined,
        }));
  const lacking = report.features.filter(({ what }) => !(model.features as ReadonlySet<string>).has(what));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, cpu: model.name, ...report, ...(root === undefined ? {} : { libraries }) }, null, 2)}\n`
      : reportText(file, model, report, root !== undefined) + librariesText(libraries, program.dynamic, root),
  );
  // Code of libraries that no program of this kind reaches does not count; a library that is not there does.
  const all = report.opcodes.length === 0 && report.unsupportedCalls.length === 0 && lacking.length === 0;
  return all && libraries.every((library) => library.report !== undefined) ? EXIT.ok : EXIT.unsupported;
}

/** The bytes of a file by its path in a root; undefined where it is not there. */
function readIn(root: string, path: string): Uint8Array | undefined {
  try {
    return readFileSync(join(root, path));
  } catch {
    return undefined;
  }
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

import { EXIT, Failure } from './failure.ts';
import { main } from './program.ts';

// A reader that goes away (`nestlab --help | head -1`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.signal + 13);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const expected = error instanceof Failure;
    const text = expected
      ? error.message
      : `a mistake of nestlab's own; please report it with the command line. ${describe(error)}`;
    process.stderr.write(`nestlab: ${text}\n`);
    process.exitCode = expected ? error.code : EXIT.failure;
  },
);

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

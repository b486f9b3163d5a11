#!/usr/bin/env node
import { EXIT, Failure } from './failure.ts';
import { main } from './program.ts';

// A reader that goes away (`nestlab --help | head -1`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.signal + 13);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`nestlab: ${error.message}\n`);
  process.exitCode = error.code;
}

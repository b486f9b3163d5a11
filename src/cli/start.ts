#!/usr/bin/env node
/**
 * dist/main.js: starts the bundle, with the code that V8 made of it when it was built.
 *
 * Compiling the bundle takes a third of a short run. V8 refuses code that another version of it made, or one with other
 * flags, and then compiles as ever.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';

/** File name of the bundle without its ending; the build puts it in. */
declare const PROGRAM: string;

const bundle = join(import.meta.dirname, `${PROGRAM}.cjs`);
const code = join(import.meta.dirname, `${PROGRAM}.code`);
// The bundle is ASCII, and read as such it takes one byte per character.
const script = new Script(readFileSync(bundle, 'latin1'), {
  filename: bundle,
  cachedData: existsSync(code) ? readFileSync(code) : undefined,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
script.runInThisContext()(createRequire(import.meta.url), import.meta.url);

#!/usr/bin/env node
// Bundles src/cli into a folder (dist/ unless another is named): docs/decisions/005-bundle.md.
//   main.js            what is executed (src/cli/start.ts)
//   nestlab-HASH.cjs   the program: (require, url) => runs it
//   nestlab-HASH.code  what V8 compiles of it for a short run, for the V8 that has built it
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { buildSync } from 'esbuild';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.argv[2] ?? join(project, 'dist'));
const at = (name) => join(folder, name);
const common = { bundle: true, platform: 'node', target: 'node20', write: false, logLevel: 'warning' };
const bundled = (entry, options) =>
  buildSync({ ...common, ...options, entryPoints: [join(project, 'src', 'cli', entry)] }).outputFiles[0].contents;

const program = bundled('main.ts', {
  format: 'cjs',
  minifySyntax: true,
  // Packages that few commands need stay outside.
  external: ['blessed'],
  define: { 'import.meta.url': 'url' },
  banner: { js: '(function (require, url) {' },
  footer: { js: '})' },
});
const name = `nestlab-${createHash('sha256').update(program).digest('hex').slice(0, 12)}`;
const start = bundled('start.ts', { format: 'esm', define: { PROGRAM: JSON.stringify(name) } });

mkdirSync(folder, { recursive: true });
const before = existsSync(at('main.js')) ? readFileSync(at('main.js'), 'utf8') : '';
/** A run that begins meanwhile finds a whole file. */
function replace(file, contents, mode = 0o644) {
  writeFileSync(at(`.${file}`), contents, { mode });
  renameSync(at(`.${file}`), at(file));
}
replace(`${name}.cjs`, program);
replace('main.js', start, 0o755);
// The licence of what is bundled.
copyFileSync(join(project, 'node_modules', 'commander', 'LICENSE'), at('commander.LICENSE'));
const kept = (file) => ['main.js', 'commander.LICENSE'].includes(file) || file.startsWith(name);
// Runs that have just begun may still need what the last build made.
const begun = (file) => before.includes(file.replace(/\.\w+$/, ''));
for (const file of readdirSync(folder)) if (!kept(file) && !begun(file)) rmSync(at(file), { recursive: true });

// Runs the program once: then V8 knows what to compile.
const script = new Script(readFileSync(at(`${name}.cjs`), 'latin1'), { filename: at(`${name}.cjs`) });
process.argv.splice(1, Infinity, at('main.js'), 'run', '--', '/bin/true');
process.once('exit', () => {
  // What the program has set: V8 takes the code only where its flags are those with which it was made.
  setFlagsFromString('--use-osr');
  replace(`${name}.code`, script.createCachedData());
});
script.runInThisContext()(createRequire(at('main.js')), pathToFileURL(at('main.js')).href);

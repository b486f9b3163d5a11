/** The programs that nestlab brings along: probes, the shell, the tools. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runUnder } from '../guest/runner.ts';
import { type Case, cases, programs, writeFixture } from '../programs/stage.ts';
import { apart, type Program } from './program.ts';

/** How often a probe does what it is about. */
const COUNT = '25';
/** Cases of the shell or the tools that one run does. */
const BATCH = 40;
/** Memory of the machine, bytes. */
const MEMORY = 256 << 20;

/** Programs that are run by themselves: hello and the probes. */
export const PROBES: readonly Program[] = readdirSync(join(programs, 'bin'))
  .filter((name) => name === 'hello' || name.startsWith('probe-'))
  .map((name) => {
    const args = name === 'hello' ? [] : [COUNT];
    return {
      name,
      expected() {
        const { stdout, status } = spawnSync(join(programs, 'bin', name), args, { encoding: 'latin1' });
        return { output: stdout, status: status ?? -1 };
      },
      under: (towers) => apart(runUnder(towers, [`/bin/${name}`, ...args], MEMORY)),
    };
  });

/** The cases of the shell and the tools, whose literals are what other shells and tools print on the real kernel. */
export const CASES: readonly Program[] = [
  ...batches('shell-cases.json').map((some, n) => batch(`shell cases ${n}`, some, '')),
  ...batches('tool-cases.json').map((some, n) => batch(`tool cases ${n}`, some, fixture())),
];

function batches(name: string): readonly (readonly Case[])[] {
  const all = cases(name);
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH));
}

/** Each case in a folder of its own, on a copy of the fixture, its status behind it; what it complains of is not compared. */
function batch(name: string, some: readonly Case[], prepare: string): Program {
  const lines = some.map(({ script }, n) => {
    const folder = prepare ? `cp -r /tmp/fixture /tmp/${n}` : `mkdir /tmp/${n}`;
    return `${folder}; cd /tmp/${n}; sh -c ${quote(script)} sh A 'B C' </dev/null; echo "@@ ${n} $?"`;
  });
  const text = ['export HOME=/tmp', 'exec 2>/dev/null', prepare, ...lines].join('\n');
  const script = Buffer.from(text).toString('latin1');
  const outputs = some.map(({ stdout, status }, n) => `${stdout.replaceAll('DIR', `/tmp/${n}`)}@@ ${n} ${status}\n`);
  return {
    name,
    expected: () => ({ output: outputs.join(''), status: 0 }),
    under: (towers) => apart(runUnder(towers, ['/bin/sh', '-c', script], MEMORY)),
  };
}

/** Shell text that makes the files on which the tools' cases work, in /tmp/fixture. */
function fixture(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-fixture-'));
  try {
    writeFixture(folder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    const path = ({ parentPath, name }: (typeof files)[number]): string =>
      join('/tmp/fixture', parentPath.slice(folder.length), name);
    const folders = files.filter((file) => file.isDirectory()).map(path);
    const writes = files
      .filter((file) => file.isFile())
      .map((file) => `printf '${octal(readFileSync(join(file.parentPath, file.name)))}' >${path(file)}`);
    return [`mkdir -p ${folders.join(' ')}`, ...writes].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

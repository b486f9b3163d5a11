/** What a user sees of bad programs: one clear line, and the documented exit code. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PF_R, PF_W, PF_X } from '../../src/abi/elf.ts';
import { Code, elf, TEXT } from './assembly.ts';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
const hello = readFileSync(join(import.meta.dirname, '../../programs/bin/hello'));
let root = '';

function program(write: (code: Code) => void): Uint8Array {
  const code = new Code();
  write(code);
  return elf(TEXT, [
    { address: TEXT, bytes: code.finish(), flags: PF_R | PF_X },
    { address: TEXT + 0x1000, bytes: [0], size: 0x2000, flags: PF_R | PF_W },
  ]);
}

const PROGRAMS: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  truncated: hello.subarray(0, 60),
  text: Buffer.from('just text\n'),
  'a.out': Uint8Array.from([0x0b, 0x01, 0x64, 0, ...new Array(60).fill(0)]),
  amd64: Uint8Array.from([...hello.subarray(0, 4), 2, ...hello.subarray(5, 18), 62, ...hello.subarray(19)]),
  loop: Buffer.from('#!/bin/loop\n'),
  interpreterless: Buffer.from('#!/bin/nothing\n'),
  // PUSH EAX; JMP to it: a stack that grows for ever.
  stack: program((code) => code.emit(0x50, 0xeb, 0xfd)),
  undefined: program((code) => code.emit(0x0f, 0x0b)),
  // More and more from brk(), then a byte in every page.
  memory: program((code) =>
    code
      .call(45, 0x08c00000)
      .call(45, 0x09800000)
      .call(45, 0x0a400000)
      .move('edi', 0x08100000)
      .label('next')
      .emit(0xc6, 0x07, 1, 0x81, 0xc7)
      .word(4096)
      .jump('next'),
  ),
  // pause() with every signal blocked.
  asleep: program((code) => code.call(29)),
  privileged: program((code) => code.emit(0xf4)),
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nestlab-bad-'));
  for (const folder of ['bin', 'dev', 'proc', 'tmp', 'bin/folder']) mkdirSync(join(root, folder));
  for (const [name, bytes] of Object.entries(PROGRAMS)) writeFileSync(join(root, 'bin', name), bytes, { mode: 0o755 });
  writeFileSync(join(root, 'bin/plain'), hello, { mode: 0o644 });
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ['empty', 126, /not an ELF file/],
  ['truncated', 126, /not an i386 Linux program/],
  ['text', 126, /not an ELF file/],
  ['a.out', 126, /not an ELF file/],
  ['amd64', 126, /not an i386 program \(64-bit\)/],
  ['loop', 126, /Too many levels of symbolic links/],
  ['interpreterless', 127, /the interpreter that its #! line names/],
  ['folder', 126, /may not be executed/],
  ['plain', 126, /may not be executed/],
  ['nosuch', 127, /no program/],
  ['stack', 139, /^$/],
  ['undefined', 132, /undefined|invalid|ud2/i],
  ['memory', 137, /out of memory/],
  ['asleep', 125, /waits/],
  ['privileged', 139, /^$/],
])('%s: exit code %i', (name, status, line) => {
  const words = [main, 'run', '--root', root, '--mem', '16M', '--', `/bin/${name}`];
  const run = spawnSync(process.execPath, words, { encoding: 'latin1', input: '', timeout: 60_000 });
  expect(run.stderr).toMatch(line);
  expect(run.stderr).not.toMatch(/\n\s+at /);
  expect(run.stderr.split('\n').filter((text) => text !== '').length).toBeLessThanOrEqual(name === 'asleep' ? 2 : 1);
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status, stdout: '' });
});

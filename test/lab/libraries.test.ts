import { expect, it } from 'vitest';
import { EHDR, EM_386, ET_DYN, PHDR, PT_DYNAMIC, PT_INTERP, PT_LOAD } from '../../src/abi/elf.ts';
import { readExecutable } from '../../src/lab/check/elf.ts';
import { librariesOf } from '../../src/lab/check/libraries.ts';

const BASE = 0x1000;
const AT = { interpreter: 0x100, strings: 0x200, dynamic: 0x300, end: 0x400 };

/** A shared object at BASE that asks for an interpreter ('' for none) and libraries. */
function elf(interpreter: string, needed: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(AT.end);
  const v = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(Buffer.from(`${value}\0`, 'latin1'), at);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  v.setUint16(EHDR.at.e_type, ET_DYN, true);
  v.setUint16(EHDR.at.e_machine, EM_386, true);
  v.setUint32(EHDR.at.e_phoff, EHDR.size, true);
  v.setUint16(EHDR.at.e_phnum, interpreter === '' ? 2 : 3, true);
  const segment = (n: number, type: number, offset: number, size: number) => {
    const at = EHDR.size + n * PHDR.size;
    v.setUint32(at + PHDR.at.p_type, type, true);
    v.setUint32(at + PHDR.at.p_offset, offset, true);
    v.setUint32(at + PHDR.at.p_vaddr, BASE + offset, true);
    v.setUint32(at + PHDR.at.p_filesz, size, true);
  };
  segment(0, PT_LOAD, 0, AT.end);
  segment(1, PT_DYNAMIC, AT.dynamic, AT.end - AT.dynamic);
  if (interpreter !== '') segment(2, PT_INTERP, AT.interpreter, interpreter.length + 1);
  text(AT.interpreter, interpreter);
  let name = 1;
  needed.forEach((library, n) => {
    text(AT.strings + name, library);
    v.setUint32(AT.dynamic + n * 8, 1, true);
    v.setUint32(AT.dynamic + n * 8 + 4, name, true);
    name += library.length + 1;
  });
  v.setUint32(AT.dynamic + needed.length * 8, 5, true);
  v.setUint32(AT.dynamic + needed.length * 8 + 4, BASE + AT.strings, true);
  return bytes;
}

it('interpreter and needed libraries are read from the segments', () => {
  expect(readExecutable(elf('/lib/ld-linux.so.2', ['liba.so.1', 'libc.so.6']))).toMatchObject({
    dynamic: true,
    interpreter: '/lib/ld-linux.so.2',
    needed: ['liba.so.1', 'libc.so.6'],
  });
  expect(readExecutable(elf('', []))).toMatchObject({ dynamic: false, interpreter: '', needed: [] });
});

it('libraries are found through one another, once each, and what is not there has no path', () => {
  const files = new Map([
    ['/lib/ld-linux.so.2', elf('', [])],
    ['/usr/lib/liba.so.1', elf('', ['libc.so.6', 'libgone.so'])],
    ['/lib/i386-linux-gnu/libc.so.6', elf('', ['ld-linux.so.2'])],
  ]);
  const program = readExecutable(elf('/lib/ld-linux.so.2', ['liba.so.1', 'libc.so.6']));
  if (typeof program === 'string') throw new Error(program);
  const found = librariesOf(program, (path) => files.get(path), 'prog');
  expect(found.map(({ name, path, by }) => [name, path, by])).toEqual([
    ['ld-linux.so.2', '/lib/ld-linux.so.2', 'prog'],
    ['liba.so.1', '/usr/lib/liba.so.1', 'prog'],
    ['libc.so.6', '/lib/i386-linux-gnu/libc.so.6', 'prog'],
    ['libgone.so', '', 'liba.so.1'],
  ]);
});

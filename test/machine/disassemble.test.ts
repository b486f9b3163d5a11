/** Disassembly against literal lines of the manual's syntax, and against objdump over the embedded programs. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { disassemble, formatLine } from '../../src/machine/disassemble.ts';
import { MODELS } from '../../src/machine/model.ts';
import { ROWS } from '../../src/machine/opcodes/table.ts';
import { unhex } from './integer/lab.ts';

const text = (code: string, big = true) => disassemble(Uint8Array.from(unhex(code)), 0x1000, big).text;

describe('disassemble', () => {
  it.each([
    ['01 d8', 'add eax,ebx'],
    ['66 83 c0 ff', 'add ax,0xffff'],
    ['80 04 8d 10 00 00 00 7f', 'add BYTE PTR [ecx*4+0x10],0x7f'],
    ['8b 44 24 fc', 'mov eax,DWORD PTR [esp-0x4]'],
    ['64 a1 00 00 00 00', 'mov eax,fs:0x0'],
    ['65 8b 0d 10 00 00 00', 'mov ecx,DWORD PTR gs:0x10'],
    ['67 8b 42 02', 'mov eax,DWORD PTR [bp+si+0x2]'],
    ['0f b6 c9', 'movzx ecx,cl'],
    ['0f 94 c0', 'sete al'],
    ['74 fe', 'je 0x1000'],
    ['f3 a5', 'rep movs DWORD PTR es:[edi],DWORD PTR ds:[esi]'],
    ['f2 ae', 'repnz scas al,BYTE PTR es:[edi]'],
    ['f0 0f b1 0a', 'lock cmpxchg DWORD PTR [edx],ecx'],
    ['c8 10 00 01', 'enter 0x10,0x1'],
    ['f3 90', 'pause'],
    ['d7', 'xlat BYTE PTR ds:[ebx]'],
    ['0f 38 00', '(bad)'],
    ['81 c0 00', '(bad)'],
  ])('%s = %s', (code, line) => {
    expect(text(code)).toBe(line);
  });

  it('knows 16-bit code', () => {
    expect(text('8b 46 fe', false)).toBe('mov ax,WORD PTR [bp-0x2]');
    expect(text('66 8b 46 fe', false)).toBe('mov eax,DWORD PTR [bp-0x2]');
  });

  it('says (bad) where the model lacks the instruction', () => {
    expect(disassemble(Uint8Array.of(0x0f, 0x44, 0xc1), 0, true, MODELS.i486).text).toBe('(bad)');
  });

  it('prints address, bytes and text', () => {
    const line = disassemble(Uint8Array.of(0xe8, 0, 0, 0, 0), 0x08048000, true);
    expect(formatLine(line)).toBe('0x08048000  e8 00 00 00 00           call 0x8048005');
  });

  it('has a text for every row', () => {
    for (const { code } of ROWS) {
      const bytes = sample(code);
      expect(text(bytes), `${code}: ${bytes}`).not.toBe('');
    }
  });
});

/** Some encoding of a row: register fields 0 and 1, a memory form at [ecx] where the row asks for one. */
function sample(code: string): string {
  const bytes = code.replace(/^np /, '').replace(/\+(r|cc|i)/g, '');
  const digit = /\/(\d)/.exec(bytes);
  const reg = digit ? Number(digit[1]) << 3 : 0;
  const modrm = (bytes.includes(' m') ? 0x01 : 0xc1) | reg;
  const fixed = bytes.replace(/ \/\d| [mr]\b/g, '');
  return `${fixed} ${modrm.toString(16).padStart(2, '0')} 00 00 00 00 00 00 00 00`;
}

const missing = whyNoObjdump();

function whyNoObjdump(): string | undefined {
  try {
    execFileSync('objdump', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'objdump (binutils) is not installed';
  }
}

/** Encodings that objdump writes down although nothing tells them apart in the bytes' meaning: a zero displacement. */
const ZERO_DISPLACEMENT = /\*[1248]\+0x0\]/;

describe.skipIf(missing)(`disassemble and objdump agree${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const folder = fileURLToPath(new URL('../../programs/bin/', import.meta.url));

  it.each(readdirSync(folder))('programs/bin/%s', (program) => {
    const args = ['-d', '-M', 'intel', '-w', '--insn-width=16', folder + program];
    const listing = execFileSync('objdump', args, { encoding: 'latin1', maxBuffer: 1 << 28 });
    const ours: string[] = [];
    const theirs: string[] = [];
    for (const line of listing.split('\n')) {
      const found = /^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t?(.*)$/.exec(line);
      if (found === null) continue;
      const [, address, digits, raw] = found;
      const want = normalize(raw);
      if (ZERO_DISPLACEMENT.test(want)) continue;
      theirs.push(`${address} ${want}`);
      const bytes = Uint8Array.from(unhex(digits));
      ours.push(`${address} ${disassemble(bytes, Number.parseInt(address, 16), true).text}`);
    }
    expect(theirs.length).toBeGreaterThan(10);
    expect(ours).toEqual(theirs);
  });
});

/** Without symbols, comments and column spaces; branch targets with 0x. */
function normalize(line: string): string {
  return line
    .replace(/\s*<.*?>/, '')
    .replace(/\s*#.*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(j\w+|call|loop\w*) ([0-9a-f]+)$/, '$1 0x$2');
}

/**
 * Programs in the a.out format. No kernel of today runs them (support ended with Linux 5.19), so there is nothing to
 * compare with: what is expected here was worked out from Linux 5.18's fs/binfmt_aout.c and a.out.h, as aout.ts says.
 */
import { describe, expect, it } from 'vitest';
import { canRunNatively, runOurs } from '../native.ts';
import { buildAout, type Format, header } from './aout.ts';

/** Where text and data of each format begin; data follows the text, which is padded to what aout.ts says. */
const TEXT: Readonly<Record<Format, string>> = { OMAGIC: '0', NMAGIC: '0', ZMAGIC: '0', QMAGIC: '1020' };

describe.skipIf(!canRunNatively())('a.out programs (needs gcc -m32)', () => {
  for (const format of ['OMAGIC', 'NMAGIC', 'ZMAGIC', 'QMAGIC'] as const) {
    it(`runs ${format}`, () => {
      const program = buildAout(format);
      const view = new DataView(program.buffer, program.byteOffset);
      const [text, data] = [view.getUint32(4, true), view.getUint32(8, true)];
      const dataAddress = (format === 'QMAGIC' ? 0x1000 : 0) + text;
      const { output, status, warnings } = runOurs(program, { argv: ['./self', 'first', 'second'] });
      expect(output.split('\n').slice(0, -1)).toEqual([
        `text ${TEXT[format]}`,
        `data ${dataAddress.toString(16)}`,
        `bss ${(dataAddress + data).toString(16)}`,
        'one 12345678',
        'pointer 1',
        'zeros 0',
        'break is the end of bss 1',
        'argc 3',
        'argv is behind 1',
        'envp is behind 1',
        './self',
        'first',
        'second',
        'argv ends 0',
        'strings are the last words 1',
        'break grows 1',
        'written 9',
      ]);
      expect(status).toBe(42);
      expect(warnings).toEqual([]);
    });

    it(`${format}: its text ${format === 'QMAGIC' ? 'cannot' : 'can'} be written`, () => {
      const { output, status } = runOurs(buildAout(format), { argv: ['./self', 'w'] });
      expect(output.includes('text was written')).toBe(format !== 'QMAGIC');
      expect(status).toBe(format === 'QMAGIC' ? 128 + 11 : 42);
    });
  }

  it('refuses what is not whole or not linked', () => {
    const whole = buildAout('ZMAGIC');
    expect(runOurs(whole.subarray(0, whole.length - 1)).status).toBe(126);
    expect(runOurs(Buffer.concat([header('OMAGIC', 16, 0, 0, 0, 8), new Uint8Array(64)])).status).toBe(126);
    expect(runOurs(header('QMAGIC', 4096, 0, 0, 0x1020)).status).toBe(126);
  });

  it('ends a program whose data is not at a page in the file', () => {
    // Text of 4100 bytes: the data would be mapped from the middle of a page (a SIGSEGV behind the point of no return).
    const program = Buffer.concat([header('QMAGIC', 4100, 4096, 0, 0x1020), new Uint8Array(8192)]);
    expect(runOurs(program).status).toBe(128 + 11);
  });
});

/**
 * Makes programs in the a.out format. The layout is that of Linux's a.out.h for i386 (include/uapi/linux/a.out.h):
 * struct exec of eight words, N_TXTOFF, N_TXTADDR, N_DATADDR with a SEGMENT_SIZE of 1024.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const MAGIC = { OMAGIC: 0o407, NMAGIC: 0o410, ZMAGIC: 0o413, QMAGIC: 0o314 } as const;
export type Format = keyof typeof MAGIC;

/** Bytes of struct exec. */
const HEADER = 32;
/** Text and data are padded to this, as linkers did. */
const PAGE = 4096;

const padded = (bytes: Uint8Array, to: number) => {
  const whole = new Uint8Array(Math.ceil(bytes.length / to) * to);
  whole.set(bytes);
  return whole;
};

/** The header of a.out: magic number with the machine type M_386, and sizes in bytes. */
export function header(format: Format, text: number, data: number, bss: number, entry: number, relocations = 0) {
  return new Uint8Array(Int32Array.of(MAGIC[format] | (100 << 16), text, data, bss, 0, entry, relocations, 0).buffer);
}

/** Links test/kernel/exec/old.c for a format; the file's bytes. */
export function buildAout(format: Format): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-aout-'));
  try {
    const run = (command: string, ...words: string[]) => {
      const { status, stderr } = spawnSync(command, words, { encoding: 'utf8', cwd: folder });
      if (status !== 0) throw new Error(`${command}: ${stderr}`);
    };
    // QMAGIC has its header in the text, which begins at the second page.
    const start = format === 'QMAGIC' ? PAGE + HEADER : 0;
    const align = format === 'OMAGIC' ? HEADER : PAGE;
    writeFileSync(
      join(folder, 'link.ld'),
      `ENTRY(_start) SECTIONS { . = ${start}; .text : { *(.text.start) *(.text*) *(.rodata*) . = ALIGN(${align}); }
       .data : { data_start = .; *(.data*) . = ALIGN(${align}); data_end = .; } .bss : { bss_start = .; *(.bss*) *(COMMON) bss_end = .; } /DISCARD/ : { *(*) } }`,
    );
    const flags =
      '-m32 -march=i386 -O1 -ffreestanding -fno-pie -fcf-protection=none -fno-stack-protector -fno-asynchronous-unwind-tables -w';
    run('gcc', ...flags.split(' '), '-c', join(import.meta.dirname, 'old.c'), '-o', 'old.o');
    run(
      'ld',
      '-m',
      'elf_i386',
      '-T',
      'link.ld',
      '-z',
      'max-page-size=4096',
      '--no-warn-rwx-segments',
      'old.o',
      '-o',
      'old',
    );
    for (const part of ['text', 'data']) run('objcopy', '-O', 'binary', '-j', `.${part}`, 'old', part);
    const size = spawnSync('size', ['-A', 'old'], { cwd: folder, encoding: 'utf8' }).stdout;
    const bss = Number(/^\.bss\s+(\d+)/m.exec(size)![1]);
    const code = readFileSync(join(folder, 'text'));
    const data = padded(readFileSync(join(folder, 'data')), align);
    if (format === 'QMAGIC') {
      const text = padded(Buffer.concat([header(format, 0, 0, 0, 0), code]), PAGE);
      text.set(header(format, text.length, data.length, bss, start));
      return Buffer.concat([text, data]);
    }
    const text = padded(code, align);
    const first = padded(header(format, text.length, data.length, bss, start), format === 'ZMAGIC' ? 1024 : HEADER);
    return Buffer.concat([first, text, data]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

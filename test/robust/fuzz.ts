/** Programs that make random system calls with random arguments, and programs that run random bytes. */
import { PF_R, PF_W, PF_X } from '../../src/abi/elf.ts';
import { type Part, REG, type Reg, TEXT } from './assembly.ts';
import { driver } from './driver.ts';
import { Random } from './random.ts';

/** Where the calls' registers lie (7 words each), memory that they point to, and random code. */
const SCRIPT = 0x10000000;
const RANDOM_DATA = 0x20000000;
const READ_ONLY = 0x20010000;
const CODE = 0x30000000;
const ROW = 28;

const NUMBERS = [
  0, 0, 0, 1, 2, 3, 4, 8, 16, 64, 255, 512, 4095, 4096, 4097, 65536, 0x7fffffff, 0x80000000, 0xffffffff, -100,
];
const PLACES = [
  RANDOM_DATA,
  RANDOM_DATA + 64,
  RANDOM_DATA + 128,
  RANDOM_DATA + 4090,
  RANDOM_DATA + 0x4000 - 3,
  READ_ONLY,
  READ_ONLY + 4000,
  READ_ONLY + 4095,
  TEXT,
  CODE,
  0,
  8,
  0xbffff000,
  0xbffffffc,
  0xc0000000,
  0xfffffffc,
  0x50000000,
];
const PATHS = [
  '/',
  '.',
  '..',
  '/tmp',
  '/tmp/a',
  '/tmp/b',
  '/dev/null',
  '/dev/zero',
  '/dev/tty',
  '/dev/full',
  '/proc/self/mem',
  '/proc/self/maps',
  '/proc/self/fd/1',
  '/proc/1/stat',
  '/proc/meminfo',
  '/bin/driver',
  '/bin/driver/x',
  'a/b/c',
  '',
  '/proc/self/exe',
  '/dev/pts/0',
  '/proc/sys/kernel/hostname',
  '/dev/shm/s',
  '/proc/mounts',
  '/dev/random',
  '/sys',
];
/** Calls that make the more interesting things; the rest is drawn from all numbers. */
const FAVOURITES = [
  2, 3, 4, 5, 6, 9, 10, 12, 14, 33, 37, 38, 39, 40, 41, 42, 45, 54, 55, 63, 67, 83, 90, 91, 93, 104, 114, 119, 120, 125,
  140, 141, 142, 144, 145, 146, 148, 162, 163, 168, 173, 174, 175, 176, 177, 178, 179, 180, 183, 186, 187, 190, 192,
  193, 195, 203, 218, 219, 220, 221, 224, 240, 243, 252, 254, 255, 256, 258, 265, 267, 272, 291, 292, 295, 300, 301,
  302, 304, 305, 308, 309, 311, 313, 314, 320, 322, 323, 324, 325, 328, 329, 330, 331, 340, 353, 355, 356, 358, 384,
];

function randomWord(random: Random): number {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.pick(PLACES);
    case 3:
      return RANDOM_DATA + 0x1000 + random.below(PATHS.length) * 64;
    case 4:
      return random.below(12);
    case 5:
      return random.word() >>> random.below(32);
    case 6:
      return 1 << random.below(32);
    default:
      return random.pick(NUMBERS);
  }
}

/** Registers for all calls of all children: EAX EBX ECX EDX ESI EDI EBP. */
function script(random: Random, children: number, load: number): Uint8Array {
  const words = new Int32Array((children * load * ROW) / 4);
  for (let at = 0; at < words.length; at += 7) {
    words[at] = random.below(2) ? random.pick(FAVOURITES) : random.below(513);
    for (let n = 1; n < 7; n++) words[at + n] = randomWord(random);
  }
  return new Uint8Array(words.buffer);
}

/** Small numbers, zeros, addresses and paths: structures that calls may take for good. */
function randomData(random: Random): Uint8Array {
  const bytes = new Uint8Array(0x4000);
  const words = new Int32Array(bytes.buffer);
  for (let n = 0; n < words.length; n++) words[n] = random.below(3) ? random.below(4) : randomWord(random);
  for (const [n, path] of PATHS.entries()) bytes.set(Buffer.from(`${path}\0`), 0x1000 + n * 64);
  return bytes;
}

function parts(random: Random, calls: Uint8Array, code: Uint8Array): Part[] {
  return [
    { address: SCRIPT, bytes: calls, flags: PF_R },
    { address: RANDOM_DATA, bytes: randomData(random), flags: PF_R | PF_W },
    { address: READ_ONLY, bytes: randomData(random).slice(0, 4096), flags: PF_R },
    { address: CODE, bytes: code, flags: PF_R | PF_W | PF_X },
  ];
}

const CURSOR = RANDOM_DATA + 0x3ff0;

/** A driver whose children make calls from a script. */
export function caller(
  seed: number,
  children: number,
  load: number,
  uid: number | undefined,
  patience = 400,
): Uint8Array {
  const random = new Random(seed);
  return driver({
    count: children,
    patience,
    uid,
    parts: parts(random, script(random, children, load), new Uint8Array(4096)),
    inside: (code) => {
      // EDI * load * ROW + SCRIPT is where the child begins: IMUL EDI, EDI, imm32; ADD EDI, imm32.
      code
        .emit(0x69, 0xff)
        .word(load * ROW)
        .emit(0x81, 0xc7)
        .word(SCRIPT);
      code
        .store(CURSOR, 'edi')
        .move('eax', load)
        .store(CURSOR + 4, 'eax');
      code.label('call').load('edi', CURSOR);
      const from = (to: Reg, offset: number) => code.emit(0x8b, 0x47 | (REG[to] << 3), offset);
      from('eax', 0);
      from('ebx', 4);
      from('ecx', 8);
      from('edx', 12);
      from('esi', 16);
      from('ebp', 24);
      from('edi', 20);
      code.emit(0xcd, 0x80);
      // ADD dword [CURSOR], ROW; DEC dword [CURSOR + 4]; JNZ call
      code
        .emit(0x83, 0x05)
        .word(CURSOR)
        .emit(ROW)
        .emit(0xff, 0x0d)
        .word(CURSOR + 4)
        .jump('call', 5);
    },
  });
}

/** A driver whose children jump into random bytes. */
export function jumper(seed: number, children: number): Uint8Array {
  const random = new Random(seed);
  const code = Uint8Array.from({ length: 0x8000 }, () => random.word());
  // Many system calls among them.
  for (let n = 0; n < 600; n++) code.set([0xcd, 0x80], random.below(code.length - 2));
  const starts = new Uint8Array(children * ROW);
  const view = new DataView(starts.buffer);
  for (let n = 0; n < children; n++) {
    for (let word = 0; word < 7; word++) view.setUint32(n * ROW + word * 4, randomWord(random), true);
    view.setUint32(n * ROW + 20, CODE + random.below(code.length), true);
  }
  return driver({
    count: children,
    patience: 300,
    uid: 1000,
    parts: parts(random, starts, code),
    inside: (text) => {
      text.emit(0x69, 0xff).word(ROW).emit(0x81, 0xc7).word(SCRIPT);
      const from = (to: Reg, offset: number) => text.emit(0x8b, 0x47 | (REG[to] << 3), offset);
      for (const [n, to] of (['eax', 'ebx', 'ecx', 'edx', 'esi'] as const).entries()) from(to, n * 4);
      from('ebp', 24);
      // JMP [EDI + 20]
      text.emit(0xff, 0x67, 20);
    },
  });
}

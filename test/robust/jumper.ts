/** Programs that run random bytes. */
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
  0xc0100000,
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

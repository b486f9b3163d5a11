/** The kernel below as a guest kernel uses it: its calls, and a little memory for what they read and write. */
import { EINTR } from '../abi/errno.ts';
import type { Kernel } from '../kernel/platform.ts';
import { Call, syscallNumber } from './call.ts';
import type { GuestMemory } from './memory.ts';

// The first frames of physical memory are the platform's own, for the arguments of its calls.
/** Registers, FPU state and siginfo of a traced process; wait status; small structs. */
export const AT_REGISTERS = 0x1000;
export const AT_FPU = 0x1200;
export const AT_SIGINFO = 0x1400;
export const AT_STATUS = 0x1500;
export const AT_STRUCT = 0x1600;
/** Two paths, and a buffer. */
export const AT_PATH = 0x2000;
export const AT_PATH_TWO = 0x3000;
export const AT_BUFFER = 0x4000;
export const BUFFER_SIZE = 0x8000;
/** The gate page and the entry page of a kernel that shares its process with applications (image.ts). */
export const AT_GATE = AT_BUFFER + BUFFER_SIZE;
export const AT_ENTRY = AT_GATE + 0x1000;
/** First frame that is free at boot. */
export const FIRST_FRAME = (AT_ENTRY + 0x1000) >>> 12;

const NUMBERS = {
  write: syscallNumber('write'),
  open: syscallNumber('open'),
  close: syscallNumber('close'),
  pread: syscallNumber('pread64'),
} as const;

export class Below {
  readonly call = new Call();
  readonly memory: GuestMemory;

  constructor(memory: GuestMemory) {
    this.memory = memory;
  }

  /** Linear address of a physical one, as the kernel below must be told it. */
  at(physical: number): number {
    return (this.memory.base + physical) | 0;
  }

  /** Puts a byte string with its zero at a physical address; -1 when it is too long for a path. */
  path(physical: number, path: string): number {
    if (path.length >= 4096) return -1;
    const bytes = new Uint8Array(path.length + 1);
    for (let n = 0; n < path.length; n++) bytes[n] = path.charCodeAt(n);
    this.memory.write(physical, bytes, 0, bytes.length);
    return 0;
  }

  /** Opens a path: a descriptor or -errno. */
  *open(path: string, flags: number): Kernel<number> {
    this.path(AT_PATH, path);
    return yield* this.call.make(NUMBERS.open, this.at(AT_PATH), flags, 0);
  }

  /** The whole of a small file as a byte string, '' where it cannot be read. */
  *text(path: string): Kernel<string> {
    const fd = yield* this.open(path, 0);
    if (fd < 0) return '';
    let text = '';
    for (;;) {
      const count = yield* this.call.make(NUMBERS.pread, fd, this.at(AT_BUFFER), BUFFER_SIZE, text.length, 0);
      if (count <= 0) break;
      const bytes = new Uint8Array(count);
      this.memory.read(AT_BUFFER, bytes, 0, count);
      text += String.fromCharCode(...bytes);
    }
    yield* this.call.make(NUMBERS.close, fd);
    return text;
  }

  /** Writes all bytes to a descriptor: 0 or -errno. */
  *write(fd: number, bytes: Uint8Array): Kernel<number> {
    for (let done = 0; done < bytes.length; ) {
      const count = Math.min(bytes.length - done, BUFFER_SIZE);
      this.memory.write(AT_BUFFER, bytes, done, count);
      const written = yield* this.call.make(NUMBERS.write, fd, this.at(AT_BUFFER), count);
      if (written === -EINTR) continue;
      if (written < 0) return written;
      done += written;
    }
    return 0;
  }
}

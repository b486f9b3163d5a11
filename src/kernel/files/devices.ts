import { ENXIO } from '../../abi/errno.ts';
import type { FilesCore } from './core.ts';
import type { FileOps } from './open-file.ts';

/** What opening a device gives: how it works, and its state. */
export interface Opened<S = unknown> {
  readonly ops: FileOps<S>;
  readonly state: S;
}

/** Opens a device for a process with O_* flags; -errno. */
export type OpenDevice = (core: FilesCore, pid: number, flags: number) => Opened | number;

/** Drivers by device number. */
export class Devices {
  readonly #character = new Map<number, OpenDevice>();

  /** Says how a character device is opened. */
  add(rdev: number, open: OpenDevice): void {
    this.#character.set(rdev, open);
  }

  /** There is no such device any more. */
  remove(rdev: number): void {
    this.#character.delete(rdev);
  }

  /** Opens a character device; -ENXIO when there is none of that number. */
  open(core: FilesCore, rdev: number, pid: number, flags: number): Opened | number {
    const open = this.#character.get(rdev);
    return open ? open(core, pid, flags) : -ENXIO;
  }
}

/** A device number as stat64 shows it (new_encode_dev: 12 bits major, 20 bits minor, interleaved). */
export function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
}

/** The major part of a device number. */
export function majorOf(device: number): number {
  return (device >>> 8) & 0xfff;
}

/** The minor part of a device number. */
export function minorOf(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}

/** Switches a machine on: hardware, host kernel, first program; and lets it run until it needs the world outside. */
import type { Violation } from '../kernel/audit/books.ts';
import type { FileService } from '../kernel/files/service.ts';
import { type BootOptions, prepare, type RunEnd } from '../kernel/kernel.ts';
import type { Kernel } from '../kernel/platform.ts';
import { Machine } from '../machine/machine.ts';
import type { Model } from '../machine/model.ts';
import { Host, type Outside, type OutsideWait } from './host.ts';

/** The hardware and its surroundings. */
export interface Settings {
  /** Bytes of physical memory, a multiple of 64 KiB. */
  readonly memory: number;
  readonly model: Model;
  readonly outside: Outside;
}

/** What `advance` came to: the end of the run, or something to wait for. */
export type Advance = { readonly end: RunEnd } | { readonly wait: OutsideWait };

export class Run {
  readonly machine: Machine;
  readonly host: Host;
  /** The kernel's files, to be looked into when the run has ended. */
  readonly files: FileService;
  /** Checks the kernel's own books between two turns, or after the run: each violation is a mistake of ours. */
  readonly audit: () => readonly Violation[];
  /** The task whose turn it is (its thread id), 0 between turns. */
  readonly running: () => number;
  private readonly kernel: Kernel<RunEnd>;

  /** Throws RangeError when the memory size is not possible. */
  constructor(options: BootOptions, settings: Settings) {
    this.machine = new Machine(settings.memory, settings.model);
    this.host = new Host(this.machine, settings.outside);
    const { files, run, audit, system } = prepare(this.host, options);
    this.files = files;
    this.audit = audit;
    this.running = () => system.scheduler.running?.tid ?? 0;
    this.kernel = run;
  }

  /**
   * Runs until the run has ended or the outside is needed: to deliver what has arrived (`breathe`), to wait for
   * something (`idle`: call `host.passed(until)` if nothing came), or to stop the whole run (`suspend`).
   */
  advance(): Advance {
    const { done, value } = this.kernel.next();
    return done === true ? { end: value } : { wait: value as OutsideWait };
  }
}

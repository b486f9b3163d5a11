/** Virtual time: cycles that instructions retired or that work was charged for, plus the time in which nothing ran. */
import type { Cpu } from '../machine/cpu.ts';

export class Clock {
  private readonly cpu: Cpu;
  private readonly megahertz: number;
  /** ns that passed while every task waited. */
  private idle = 0;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    this.megahertz = cpu.model.megahertz;
  }

  /** ns since boot: one instruction takes one cycle of the model's clock. */
  now(): number {
    return Math.floor(((this.cpu.retired + this.cpu.charged) * 1000) / this.megahertz) + this.idle;
  }

  /** ns of it that were charged for work of the kernel. */
  charged(): number {
    return Math.floor((this.cpu.charged * 1000) / this.megahertz);
  }

  /** Instructions that may retire before virtual time `until`; at least 1, at most `most`. */
  budget(until: number, most: number): number {
    const cycles = Math.ceil(((until - this.now()) * this.megahertz) / 1000);
    return cycles >= most ? most : Math.max(cycles, 1);
  }

  /** Nothing ran until `until`. */
  skipTo(until: number): void {
    const now = this.now();
    if (until > now) this.idle += until - now;
  }
}

import { farewell, killedBy } from '../../guest/farewell.ts';
import { executable } from '../../guest/image.ts';
import type { GuestParts } from '../../guest/life.ts';
import type { Run } from '../../host/boot.ts';
import type { LowerTree, Memory } from '../../kernel/platform.ts';
import { BootTree } from '../../lab/boot-tree.ts';
import { DEEPEST } from '../../lab/chain.ts';
import { installGuests } from '../../lab/native.ts';
import { commandLine } from '../../lab/nesting.ts';
import { GUESTS, tower } from '../../lab/registry.ts';
import { Failure } from '../failure.ts';

/** The guest kernels of a run, the outermost first; none is a program on the host kernel. */
export class Guests {
  readonly #towers: readonly string[];

  /** Throws a Failure for a tower that there is not, and for too many. */
  constructor(towers: readonly string[]) {
    this.#towers = towers;
    if (towers.length > DEEPEST)
      throw new Failure(
        `--guest: ${towers.length} of them. Guest kernels nest ${DEEPEST} deep at most: leave some out`,
      );
    for (const name of towers) {
      const found = tower(name);
      if (typeof found === 'string') throw new Failure(`--guest: ${name}: ${found}`);
    }
  }

  /** What is to be said when a run has ended with this wait status: the outermost guest kernel was killed itself. */
  farewell(status: number): string | undefined {
    if (this.#towers.length === 0 || (status & 0x7f) === 0) return undefined;
    return farewell(1, this.#towers[0], killedBy(status));
  }

  /** What the run starts with to end at ARGV, on a machine with so many bytes. */
  command(memory: number, argv: readonly string[]): readonly string[] {
    return commandLine(this.#towers, memory, argv);
  }

  /** The tree of the run, with the guest kernel in it where there are guests. */
  tree(tree: LowerTree, memory: () => Memory): LowerTree {
    return this.#towers.length === 0 ? tree : new BootTree(tree, executable(), memory);
  }

  /** How many of them are one inside the other. */
  get depth(): number {
    return this.#towers.length;
  }

  /** Makes the machine one that can execute guest kernels; `watching` sees what happens in them. */
  install(run: Run, watching: Pick<GuestParts, 'watch' | 'observer' | 'audited'>): void {
    if (this.#towers.length === 0) return;
    installGuests(run.machine, { ...GUESTS, ...watching }, () => run.host.now());
  }
}

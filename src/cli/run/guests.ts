import { executable } from '../../guest/image.ts';
import type { Run } from '../../host/boot.ts';
import type { LowerTree, Memory } from '../../kernel/platform.ts';
import { BootTree } from '../../lab/boot-tree.ts';
import { installGuests } from '../../lab/native.ts';
import { nearest } from '../../lab/nearest.ts';
import { commandLine } from '../../lab/nesting.ts';
import { GUESTS, TOWERS } from '../../lab/registry.ts';
import { Failure } from '../failure.ts';

/** The guest kernels of a run, the outermost first; none is a program on the host kernel. */
export class Guests {
  readonly #towers: readonly string[];

  /** Throws a Failure for a tower that there is not. */
  constructor(towers: readonly string[]) {
    this.#towers = towers;
    const names = TOWERS.map(({ name }) => name);
    for (const tower of towers) {
      if (names.includes(tower)) continue;
      const close = nearest(tower, names);
      const hint = close ? `Did you mean ${close}?` : `Choose one of ${names.join(', ')}`;
      throw new Failure(`--guest: ${tower}: there is no such tower. ${hint}`);
    }
  }

  /** What the run starts with to end at ARGV, on a machine with so many bytes. */
  command(memory: number, argv: readonly string[]): readonly string[] {
    return commandLine(this.#towers, memory, argv);
  }

  /** The tree of the run, with the guest kernel in it where there are guests. */
  tree(tree: LowerTree, memory: () => Memory): LowerTree {
    return this.#towers.length === 0 ? tree : new BootTree(tree, executable(), memory);
  }

  /** Makes the machine one that can execute guest kernels. */
  install(run: Run): void {
    if (this.#towers.length === 0) return;
    installGuests(run.machine, GUESTS, () => run.host.now());
  }
}

/** What the towers of a comparison are made of. */
import type { Tower } from '../../guest/tower.ts';
import { NATIVE } from '../../lab/chain.ts';
import { tower } from '../../lab/registry.ts';
import { wrap } from './layout.ts';

type Kind = 'delivery' | 'protection' | 'switching';

/** The three choices of a tower, in words, in the order in which a line has them. */
const KINDS: Readonly<Record<Kind, string>> = {
  delivery: 'Delivery, how a trap of the application comes to the guest kernel:',
  protection: "Protection, what keeps the guest kernel's memory from the application:",
  switching: 'Switching, how one address space takes the place of another:',
};

/** A line for each tower or chain of them, with its three choices, and below them what each of these is. */
export function towerLines(names: readonly string[], width: number): string[] {
  const left = Math.max(...names.map((name) => name.length));
  const towers = [...new Set(names.flatMap((name) => name.split('/')))].flatMap((name): Tower[] => {
    const found = name === NATIVE ? NATIVE : tower(name);
    return typeof found === 'string' ? [] : [found];
  });
  const lines = names.map((name) => `  ${name.padEnd(left)}  ${choices(name)}`);
  if (towers.length > 0) lines.unshift(`  ${''.padEnd(left)}  delivery, protection, switching`);
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const parts = new Map(towers.map((each) => [each[kind].name, each[kind].summary]));
    if (parts.size === 0) continue;
    const indent = Math.max(...[...parts.keys()].map((name) => name.length));
    lines.push('', KINDS[kind]);
    for (const [name, summary] of parts) {
      const [first, ...more] = wrap(summary, width, ' '.repeat(indent + 4));
      lines.push(`  ${name.padEnd(indent)}  ${first.trimStart()}`, ...more);
    }
  }
  return lines;
}

function choices(name: string): string {
  if (name === NATIVE) return 'the host kernel itself';
  const found = tower(name);
  if (typeof found === 'string') return 'one in the other, the first on the host kernel';
  return (Object.keys(KINDS) as Kind[]).map((kind) => found[kind].name).join(', ');
}

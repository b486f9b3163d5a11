/** Guest kernels one inside the other, as users name them: 'sysemu', 'sysemu/skas' (the outermost first), 'native'. */
import { tower } from './registry.ts';

/** No guest kernel at all. */
export const NATIVE = 'native';
/** Guest kernels that may lie one inside the other. */
export const DEEPEST = 4;
const SEPARATOR = '/';

/**
 * The towers that a name stands for, the outermost first, one tower `depth` times one inside the other; or what is
 * wrong, in one line. `depth` undefined: as deep as the name says.
 */
export function chainOf(name: string, depth?: number): readonly string[] | { readonly error: string } {
  if (name === NATIVE) return (depth ?? 0) === 0 ? [] : { error: `${NATIVE} has no guest kernel: its depth is 0` };
  const towers = name.split(SEPARATOR);
  for (const each of towers) {
    const error = unknown(each);
    if (error) return { error };
  }
  const deep = depth ?? towers.length;
  if (!Number.isInteger(deep) || deep < 1 || deep > DEEPEST)
    return { error: `depth ${deep}: guest kernels nest 1 to ${DEEPEST} deep; ${NATIVE} is the tower without one` };
  if (towers.length > 1 && towers.length !== deep)
    return { error: `depth ${deep}: ${name} is ${towers.length} deep. Name one tower, or leave the depth out` };
  return towers.length > 1 ? towers : Array.from({ length: deep }, () => name);
}

function unknown(name: string): string | undefined {
  if (name === NATIVE) return `${NATIVE} has no guest kernel: it cannot be a part of a chain`;
  const found = tower(name);
  return typeof found === 'string' ? `${name}: ${found}` : undefined;
}

/** The name of a chain: the inverse of `chainOf`. */
export function chainName(towers: readonly string[]): string {
  if (towers.length === 0) return NATIVE;
  return towers.every((tower) => tower === towers[0]) && towers.length > 1
    ? `${towers[0]} at depth ${towers.length}`
    : towers.join(SEPARATOR);
}

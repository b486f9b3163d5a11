/** The one line by which users learn that a guest kernel is no more: which one, and why. */
import { signalName } from '../abi/signals.ts';

/** `depth`: kernels below it; `tower`: its name, '' where it is not known. */
export function farewell(depth: number, tower: string, why: string): string {
  return `the guest kernel at depth ${depth}${tower ? ` (${tower})` : ''} is no more: ${why}`;
}

/** The same for one that cannot begin. */
export function refusal(depth: number, why: string): string {
  return `the guest kernel at depth ${depth} cannot begin: ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
}

/** Why, of a wait status that says that a signal ended it. */
export function killedBy(status: number): string {
  return `it was killed by ${signalName(status & 0x7f)}`;
}

import type { Row } from './call.ts';

/**
 * What a mechanism adds to a kernel for the use of the programs above it: system calls of its own. State that belongs to
 * a task hangs on the task as a Hook.
 */
export interface Primitive {
  readonly name: string;
  readonly calls: readonly Row[];
}

/** The mechanisms that there are. This is the only file that names them. */
import type { Tower } from '../guest/tower.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { stubPage } from '../ptrace/guest/stub.ts';
import { PTRACE_TOWERS } from '../ptrace/guest/towers.ts';
import { ptracePrimitive } from '../ptrace/primitive.ts';

/** What mechanisms add to every kernel, the host's and the guests'. */
export const PRIMITIVES: readonly Primitive[] = [ptracePrimitive];

/** The ways to build a guest kernel. */
export const TOWERS: readonly Tower[] = PTRACE_TOWERS;

/** Pages of code that mechanisms put into applications, by which these are told from what is theirs. */
export const STUB_PAGES: readonly Uint8Array[] = [stubPage()];

/** The mechanisms that there are. This is the only file that names them. */
import type { Primitive } from '../kernel/primitive.ts';
import { ptracePrimitive } from '../ptrace/primitive.ts';

/** What mechanisms add to every kernel, the host's and the guests'. */
export const PRIMITIVES: readonly Primitive[] = [ptracePrimitive];

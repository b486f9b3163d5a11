/** The syntax tree of a script. */
import type { Span } from './error.ts';

export type Unary = '!' | '-' | '~';
export type Binary =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

/** An expression. */
export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: number; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'unary'; readonly operator: Unary; readonly operand: Expression }
    | { readonly kind: 'binary'; readonly operator: Binary; readonly left: Expression; readonly right: Expression }
  );

/** `syscall:open*:entry`: parts are globs. */
export interface ProbeName extends Span {
  readonly text: string;
}

/** One action of a clause. */
export type Action = Span &
  (
    | { readonly kind: 'verb'; readonly verb: string; readonly verbSpan: Span; readonly args: readonly Expression[] }
    | { readonly kind: 'mode'; readonly value: Expression }
    | {
        readonly kind: 'aggregate';
        readonly map: string;
        readonly mapSpan: Span;
        readonly keys: readonly Expression[];
        readonly how: string;
        readonly howSpan: Span;
        readonly args: readonly Expression[];
      }
  );

/** `probe, probe /predicate/ { actions }`. */
export interface Clause extends Span {
  readonly probes: readonly ProbeName[];
  readonly predicate: Expression | undefined;
  readonly actions: readonly Action[];
}

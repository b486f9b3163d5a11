/** What a run printed, both outputs in one, and how it ended: exit status, or 128 + signal. */
export interface Outcome {
  readonly output: string;
  readonly status: number;
}

/** What a run in nestlab came to. */
export interface NestedOutcome extends Outcome {
  /** Words of the kernels to their user. */
  readonly warnings: readonly string[];
}

/** A program that must print the same and end the same wherever it runs. */
export interface Program {
  readonly name: string;
  /** As it is known to be right: what the real kernel of this machine makes of it now, or a literal. */
  expected(): Outcome;
  /** In nestlab, under these towers, the outermost first. */
  under(towers: readonly string[]): NestedOutcome;
}

/** What guest kernels say comes by the same way as what programs print. */
const GUEST_LINE = /^nestlab guest: .*\n/gm;

/** Takes what kernels said out of the output. */
export function apart(run: NestedOutcome): NestedOutcome {
  const { output, status, warnings } = run;
  const said = (output.match(GUEST_LINE) ?? []).map((line) => line.trim().replace('nestlab guest: ', ''));
  return { output: output.replace(GUEST_LINE, ''), status, warnings: [...warnings, ...said] };
}

import type { Verdict } from '../lab/scenario/judge.ts';
import type { Scenario } from '../lab/scenario/scenario.ts';

/** Columns of a terminal that may be relied on. */
const WIDTH = 80;

/** A scenario with all its defaults, as JSON that is a scenario again, with a newline at its end. */
export function scenarioJson({ title, note, ...rest }: Scenario): string {
  return `${JSON.stringify({ title, ...(note === undefined ? {} : { note }), depth: 1, ...rest }, null, 2)}\n`;
}

/** What came of a scenario: a line for each thing that was run, and below it what is not as expected. */
export function verdictsText({ title }: Scenario, verdicts: readonly Verdict[]): string {
  const width = (pick: (verdict: Verdict) => string): number =>
    Math.max(...verdicts.map((verdict) => pick(verdict).length));
  const towers = width(({ tower }) => tower);
  const room = WIDTH - towers - 4 - width(outcome);
  const things = Math.min(
    room,
    width(({ what }) => what),
  );
  const lines = verdicts.map((verdict) => {
    const head = `${verdict.tower.padEnd(towers)}  ${cut(verdict.what, things)}  ${outcome(verdict)}\n`;
    return head + verdict.wrong.map((line) => `    ${line}\n`).join('');
  });
  return `${title}\n${lines.join('')}`;
}

function outcome({ looked, wrong, counts }: Verdict): string {
  if (wrong.length > 0) return 'NOT as expected';
  if (looked > 0) return counts ? `${looked} counts as expected` : 'as expected';
  const { crossings, taskSwitches, hostCalls } = counts ?? {};
  return `${crossings} crossings, ${taskSwitches} task switches, ${hostCalls} host calls`;
}

/** A text of exactly so many columns. */
function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 3)}...` : text.padEnd(columns);
}

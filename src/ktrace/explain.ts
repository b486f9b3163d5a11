/** Says each clause of a script in a sentence. */
import { aggregateNamed } from './aggregates.ts';
import type { Checked } from './checker.ts';
import type { Kind } from './moment.ts';
import { PROVIDERS } from './probes.ts';
import type { Action, Binary, Expression, ProbeName } from './syntax.ts';
import { verbNamed } from './verbs.ts';

const COMPARISONS: Readonly<Partial<Record<Binary, string>>> = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
  '&&': 'and',
  '||': 'or',
};

/** When a clause runs, by the provider of its probe and what the name says. */
const TIMES: Readonly<Record<string, (parts: readonly string[], kind: Kind) => string>> = {
  syscall: ([name, end]) => {
    const call = isAny(name) ? 'a system call' : name.includes('*') ? `a system call ${name}` : name;
    if (end === 'entry') return `at the entry of ${call}`;
    return end === 'return' ? `when ${call} has its result` : `at the entry of ${call} and when it has its result`;
  },
  fault: ([name, access]) => {
    const what = isAny(name) ? 'an exception' : `exception ${name}`;
    const how = isAny(access) ? '' : ` by a ${access}`;
    return `at ${what}${how} that the kernel does not serve itself`;
  },
  demand: ([access]) => `when a page fault${isAny(access) ? '' : ` by a ${access}`} has been served`,
  signal: ([name]) => `when ${isAny(name) ? 'a signal' : name} is about to act`,
  switch: () => 'when the scheduler lets the thread run after another',
  tick: () => 'when the timer interrupts the thread',
  crossing: ([cause]) => `when the processor changes its ring${isAny(cause) ? '' : ` (${cause})`}`,
};

function isAny(part: string | undefined): boolean {
  return part === undefined || part === '*' || part === '';
}

/** One sentence about a checked clause. */
export function explainClause({ clause, kinds }: Checked): string {
  const when = [...new Set(clause.probes.map((name) => time(name, kinds[0])))].join(', or ');
  const condition = clause.predicate ? `, if ${words(clause.predicate)}` : '';
  const acts = clause.actions.map(action);
  const what = acts.length === 0 ? 'does nothing' : list(acts);
  const sentence = `${when}${condition}: ${what}.`;
  return sentence[0].toUpperCase() + sentence.slice(1);
}

function time({ text }: ProbeName, kind: Kind): string {
  const [provider, ...parts] = text.split(':');
  const known = PROVIDERS.some(({ name }) => name === provider);
  return known ? TIMES[provider](parts, kind) : `at any event called ${text}`;
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function action(act: Action): string {
  if (act.kind === 'aggregate') {
    const by = act.keys.length === 0 ? '' : ` by ${list(act.keys.map(words))}`;
    return `${aggregateNamed(act.how)!.says(act.args.map(words))}${by} in @${act.map}`;
  }
  if (act.kind === 'mode') return verbNamed('mode')!.says([words(act.value)]);
  return verbNamed(act.verb)!.says(act.args.map(words));
}

/** An expression in words; arithmetic as it stands. */
function words(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return expression.text;
    case 'string':
      return JSON.stringify(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `the string at ${words(expression.args[0])}`;
    case 'unary':
      return expression.operator === '!'
        ? `not ${operand(expression.operand)}`
        : `${expression.operator}${operand(expression.operand)}`;
    case 'binary': {
      const { operator, left, right } = expression;
      return `${operand(left, operator)} ${COMPARISONS[operator] ?? operator} ${operand(right, operator)}`;
    }
  }
}

/** In parentheses where the sentence could be read in two ways. */
function operand(expression: Expression, around?: Binary): string {
  const text = words(expression);
  if (expression.kind !== 'binary') return text;
  const isClear = (around === '&&' || around === '||') && !['&&', '||'].includes(expression.operator);
  return isClear || expression.operator === around ? text : `(${text})`;
}

/** From text to a script that can run. */
import { type Checked, checkScript } from './checker.ts';
import { type CompiledScript, compileScript } from './compiler.ts';
import { type Mistake, mistakeOf, ScriptError } from './error.ts';
import { type Names, NO_NAMES } from './names.ts';
import { parseScript } from './parser.ts';
import type { Ability } from './verbs.ts';

/** A script that has been parsed, checked and compiled. */
export interface Script extends CompiledScript {
  readonly checked: readonly Checked[];
  /** It uses verbs that change the run. */
  readonly changes: boolean;
}

/** Parses and checks a script that is not to run: its clauses, or what is wrong with it. */
export function studyScript(text: string): { readonly clauses: readonly Checked[] } | { readonly mistake: Mistake } {
  return orMistake(text, () => checkScript(parseScript(text), NO_NAMES, true));
}

/** Reads a script; what is wrong with it is a value. `lacks` says why a kernel cannot do something, undefined where it can. */
export function readScript(
  text: string,
  names: Names,
  lacks: (ability: Ability) => string | undefined,
): Script | { readonly mistake: Mistake } {
  return orMistake(text, () => {
    const checked = checkScript(parseScript(text), names);
    for (const { verbs, clause } of checked.clauses) {
      for (const verb of verbs) {
        const why = verb.ability && lacks(verb.ability);
        const action = clause.actions.find((row) => row.kind === 'verb' && row.verb === verb.name) ?? clause;
        if (why) throw new ScriptError(`${verb.name} cannot be done here`, action, why);
      }
    }
    const changes = checked.clauses.some(({ verbs }) => verbs.length > 0);
    return { ...compileScript(text, checked, names), checked: checked.clauses, changes };
  });
}

function orMistake<T>(text: string, read: () => T): T | { readonly mistake: Mistake } {
  try {
    return read();
  } catch (error) {
    if (error instanceof ScriptError) return { mistake: mistakeOf(text, error) };
    throw error;
  }
}

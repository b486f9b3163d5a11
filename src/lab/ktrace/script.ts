/** Reads the scripts of a user: what is wrong is told with the place. */
import type { Checked } from '../../ktrace/checker.ts';
import { mistakeText } from '../../ktrace/error.ts';
import { explainClause } from '../../ktrace/explain.ts';
import { type Listed, listingText, listProbes } from '../../ktrace/listing.ts';
import { NO_NAMES } from '../../ktrace/names.ts';
import { readScript, type Script, studyScript } from '../../ktrace/script.ts';

export { explainClause, type Listed, listingText, listProbes };

/** Why the host kernel lacks what a verb needs. */
const LACKS = {
  segments: undefined,
  rings: "The host kernel has no ring between its own and its applications'.",
  pageTables: 'A program makes page tables for itself; the command has none to choose from.',
} as const;

/** A script that is to run, or a text about what is wrong with it. `name` is that of the file, or `-e`. */
export function scriptOf(name: string, text: string, unsafe: boolean): Script | string {
  const studied = studyScript(text);
  if ('mistake' in studied) return mistakeText(name, studied.mistake);
  const changing = studied.clauses.flatMap(({ verbs }) => verbs.map((verb) => verb.name));
  if (changing.length > 0 && !unsafe)
    return `${name}: ${[...new Set(changing)].join(', ')}: this changes the run. If it shall, add --unsafe`;
  const script = readScript(text, NO_NAMES, (ability) => LACKS[ability]);
  return 'mistake' in script ? mistakeText(name, script.mistake) : script;
}

/** The clauses of a script that is only to be looked at, or a text about what is wrong with it. */
export function clausesOf(name: string, text: string): readonly Checked[] | string {
  const studied = studyScript(text);
  return 'mistake' in studied ? mistakeText(name, studied.mistake) : studied.clauses;
}

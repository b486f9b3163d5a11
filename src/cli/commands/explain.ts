import { chainOf } from '../../lab/chain.ts';
import { explain } from '../../lab/explain/explain.ts';
import { operationNamed } from '../../lab/operations.ts';
import { explanationJson, explanationText } from '../explain-text.ts';
import { EXIT, Failure } from '../failure.ts';
import { wholeNumber } from '../run/settings.ts';
import { EmbeddedTree, programsFolder } from '../tree/embedded.ts';

/** Options of `nestlab explain` as commander hands them over. */
export interface ExplainOptions {
  readonly depth?: string;
  readonly json?: boolean;
}

/** Prints every crossing of one operation under a tower, as it really happens when everything has settled. */
export function explainCommand(tower: string, name: string, options: ExplainOptions): number {
  const depth = options.depth === undefined ? undefined : wholeNumber('--depth', options.depth);
  const towers = chainOf(tower, depth);
  if ('error' in towers) throw new Failure(`explain: ${towers.error}`);
  const operation = operationNamed(name);
  if ('error' in operation) throw new Failure(`explain: ${operation.error}`);
  const explanation = explain({
    tree: (memory) => new EmbeddedTree(programsFolder(), memory),
    towers,
    operation,
  });
  if ('error' in explanation) throw new Failure(`explain: ${explanation.error}`);
  process.stdout.write(options.json ? explanationJson(explanation) : explanationText(explanation));
  return EXIT.ok;
}

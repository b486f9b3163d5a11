import { nearest } from '../abi/nearest.ts';
import { MODELS, type Model } from '../machine/model.ts';
import { Failure } from './failure.ts';

/** The processor model of a name; a Failure that lists them where there is none. */
export function modelNamed(name: string): Model {
  const model = MODELS[name];
  if (model) return model;
  const names = Object.keys(MODELS);
  const near = nearest(name, names);
  throw new Failure(
    `--cpu: no model "${name}"${near ? `. Did you mean "${near}"?` : '.'} There are: ${names.join(', ')}`,
  );
}

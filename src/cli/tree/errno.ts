import { EIO, ERRNO } from '../../abi/errno.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries(ERRNO).map(([number, [name]]) => [name, Number(number)]),
);

/** -errno of a Node.js file system error by its code ('ENOENT'); what is not such an error is our own bug and is thrown on. */
export function errnoOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code;
  if (!(error instanceof Error) || code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return -(NUMBERS.get(code) ?? EIO);
}

/** Types of the language. A number that stands in the script fits an int and an address alike. */
export type Type = 'int' | 'string' | 'bool' | 'address' | 'mode';

/** What a value is at run time: numbers are whole; addresses unsigned. */
export type Value = number | string | boolean;

/** What a program can register under a name. */
export type NameKind = 'frame' | 'entry' | 'word';

/** Whether values of the two types can be compared or added up. */
export function alike(a: Type, b: Type): boolean {
  return a === b || (isNumber(a) && isNumber(b));
}

export function isNumber(type: Type): boolean {
  return type === 'int' || type === 'address';
}

/** "an int", "a string". */
export function aType(type: Type): string {
  return type === 'int' || type === 'address' ? `an ${type}` : type === 'mode' ? 'a mode' : `a ${type}`;
}

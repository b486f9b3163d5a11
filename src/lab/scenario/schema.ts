/** JSON Schema as far as our own schemas use it: types, keys, items, bounds, defaults, local references. */
import { nearest } from '../../abi/nearest.ts';

/** The part of JSON Schema (2020-12) that is understood. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** False: only `properties`; a schema: what every other key has. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
};

/**
 * What is wrong with a value, one line each: the place ('towers[1]'), a colon, and why. None: it keeps to the schema.
 */
export function violations(value: unknown, schema: Schema): string[] {
  return [...check(value, schema, '', schema)];
}

/** The value with the defaults of its schema put in where it says nothing. It must keep to the schema. */
export function withDefaults(value: unknown, schema: Schema, root = schema): unknown {
  const { properties = {}, items } = resolve(schema, root);
  if (Array.isArray(value)) return items ? value.map((item) => withDefaults(item, items, root)) : value;
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Record<string, unknown>;
  const all: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(properties)) {
    const own = given[key] ?? resolve(property, root).default;
    if (own !== undefined) all[key] = withDefaults(own, property, root);
  }
  return { ...given, ...all };
}

function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  const found = root.$defs?.[name];
  if (!found) throw new Error(`schema: no definition ${schema.$ref}`);
  return found;
}

function* check(value: unknown, reference: Schema, place: string, root: Schema): Generator<string> {
  const schema = resolve(reference, root);
  const at = place === '' ? '' : `${place}: `;
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    yield `${at}expected ${ARTICLES[schema.type]}, not ${shown(value)}`;
    return;
  }
  const {
    minimum = Number.NEGATIVE_INFINITY,
    maximum = Number.POSITIVE_INFINITY,
    minItems = 0,
    minLength = 0,
  } = schema;
  if (typeof value === 'number' && (value < minimum || value > maximum)) yield `${at}${value} is not ${range(schema)}`;
  if (typeof value === 'string' && value.length < minLength) yield `${at}an empty text says nothing`;
  if (Array.isArray(value)) {
    if (value.length < minItems) yield `${at}the list needs ${minItems} at least`;
    if (schema.items) for (const [n, item] of value.entries()) yield* check(item, schema.items, `${place}[${n}]`, root);
  } else if (typeof value === 'object' && value !== null) yield* keys(value, schema, place, root);
}

function* keys(value: object, schema: Schema, place: string, root: Schema): Generator<string> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const at = place === '' ? '' : `${place}: `;
  for (const key of required) if (!Object.hasOwn(value, key)) yield `${at}"${key}" is missing`;
  for (const [key, item] of Object.entries(value)) {
    const inner = place === '' ? key : `${place}.${key}`;
    if (Object.hasOwn(properties, key)) yield* check(item, properties[key], inner, root);
    else if (additionalProperties === false) yield `${at}${unknownKey(key, Object.keys(properties))}`;
    else if (additionalProperties) yield* check(item, additionalProperties, inner, root);
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  return `there is no key "${key}" here. ${close ? `Did you mean "${close}"?` : `There are: ${known.join(', ')}`}`;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 21)}...` : text;
}

function range({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `between ${minimum} and ${maximum}`;
  return minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`;
}

/** Scenario files: what is refused and why, what defaults are put in, and that our own are right about themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/lab/compare/metrics.ts';
import { judgeOperations, judgeProgram } from '../../src/lab/scenario/judge.ts';
import { readScenario, SCHEMA, type Scenario } from '../../src/lab/scenario/scenario.ts';
import { type Schema, violations, withDefaults } from '../../src/lab/scenario/schema.ts';
import { whereNotJson } from '../../src/lab/scenario/syntax.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');
const read = (value: unknown): Scenario | { readonly error: string } => readScenario(JSON.stringify(value));
const error = (value: unknown): unknown => (read(value) as { error: string }).error;
const LEAST = { title: 'least', towers: ['sysemu'], operations: ['getpid'] };

describe('what is refused, with the place and a suggestion', () => {
  it.each([
    [{ ...LEAST, tower: [] }, 'there is no key "tower" here. Did you mean "towers"?'],
    [{ title: 'x', operations: [] }, '"towers" is missing'],
    [{ ...LEAST, title: '' }, 'title: an empty text says nothing'],
    [{ ...LEAST, towers: 'sysemu' }, 'towers: expected a list, not "sysemu"'],
    [{ ...LEAST, towers: [] }, 'towers: the list needs 1 at least'],
    [{ ...LEAST, towers: ['sysemu', 7] }, 'towers[1]: expected a text, not 7'],
    [{ ...LEAST, towers: ['sysem'] }, expect.stringMatching(/^towers\[0\]: sysem: .*Did you mean sysemu\?$/)],
    [{ ...LEAST, depth: 5 }, 'depth: 5 is not between 1 and 4'],
    [{ ...LEAST, depth: 1.5 }, 'depth: expected a whole number, not 1.5'],
    [{ ...LEAST, operations: ['getpd'] }, 'operations[0]: getpd: there is no such operation. Did you mean getpid?'],
    [
      { ...LEAST, programs: [{ argv: ['/bin/hello'], outputs: '' }] },
      'programs[0]: there is no key "outputs" here. Did you mean "output"?',
    ],
    [{ ...LEAST, programs: [{ argv: ['/bin/hello'], status: -1 }] }, 'programs[0].status: -1 is not between 0 and 255'],
    [
      { ...LEAST, expect: { sysemu: { null: { crossing: 8 } } } },
      'expect.sysemu.null: there is no key "crossing" here. Did you mean "crossings"?',
    ],
    [
      { ...LEAST, expect: { sysemu: { null: { crossings: '8' } } } },
      'expect.sysemu.null.crossings: expected a number, not "8"',
    ],
    [{ ...LEAST, expect: { skas: {} } }, 'expect: skas is not among the towers. They are: sysemu'],
    [{ ...LEAST, expect: { sysemu: { fork: {} } } }, 'expect.sysemu: fork is not among the operations. They are: null'],
    [{ title: 'x', towers: ['sysemu'] }, expect.stringMatching(/^nothing is to be run/)],
    [[], 'expected an object, not []'],
  ])('%j', (value, why) => {
    expect(error(value)).toEqual(why);
  });

  it('what is not JSON, by line and column', () => {
    expect(readScenario('{\n  "title": "x",\n  "towers" []\n}')).toEqual({
      error: 'line 3, column 12: not JSON: unexpected "["',
    });
    expect(readScenario('{ "title": ')).toEqual({ error: 'line 1, column 12: not JSON: the end comes too early' });
  });
});

describe('what is left to defaults', () => {
  it('is put in, and names become what they stand for', () => {
    const {
      towers,
      operations,
      programs,
      expect: expected,
    } = read({
      title: 'deep',
      towers: ['native', 'sysemu', 'skas/sysemu'],
      depth: 2,
      programs: [{ argv: ['/bin/hello'] }],
      expect: { 'sysemu/sysemu': { getpid: { crossings: 64 } } },
    }) as Scenario;
    expect(towers).toEqual(['native', 'sysemu/sysemu', 'skas/sysemu']);
    expect(operations).toEqual(['null']);
    expect(programs).toEqual([{ argv: ['/bin/hello'], status: 0 }]);
    expect(expected).toEqual({ 'sysemu/sysemu': { null: { crossings: 64 } } });
  });

  it('a resolved scenario is a scenario that says the same', () => {
    const resolved = read({ ...LEAST, depth: 2 }) as Scenario;
    expect(read({ ...resolved, depth: 1 })).toEqual(resolved);
  });
});

describe('the verdict', () => {
  const scenario = read({ ...LEAST, expect: { sysemu: { null: { crossings: 8, hostCalls: 9 } } } }) as Scenario;

  it('names each figure that is not as expected', () => {
    const events = Object.fromEntries(['crossingException', 'crossingInterrupt'].map((name) => [name, 0]));
    const depth0 = {
      events: { ...events, crossingSoftware: 8, crossingGate: 0, crossingSysenter: 0, callTrap: 8 },
      calls: {},
    };
    const perOperation = { instructions: 0, depths: [depth0] } as never;
    const [verdict] = judgeOperations(scenario, [{ count: 16, perOperation }]);
    expect(verdict.wrong).toEqual(['hostCalls: 9 expected, 8 counted']);
    expect(verdict.looked).toBe(2);
  });

  it('says why there is nothing to look at', () => {
    expect(judgeOperations(scenario, [{ refused: 'no memory' }])[0].wrong).toEqual(['no memory']);
  });

  it('a program prints and ends as it must', () => {
    const program = { argv: ['x'], output: 'a\n', status: 0 };
    expect(judgeProgram('native', program, { output: 'a\n', status: 0 }).wrong).toEqual([]);
    expect(judgeProgram('native', program, { output: 'b\n', status: 3 }).wrong).toEqual([
      'status: 0 expected, 3 came',
      'output: "a\\n" expected, "b\\n" came',
    ]);
  });
});

describe('our own', () => {
  const files = readdirSync(FOLDER).filter((file) => file !== 'schema.json');

  it.each(files)('%s keeps to the schema and is about towers and operations that there are', (file) => {
    expect(readScenario(readFileSync(join(FOLDER, file), 'utf8'))).not.toHaveProperty('error');
  });

  it('the schema has the columns of a comparison', () => {
    const counts = SCHEMA.$defs!.counts.properties!;
    expect(Object.keys(counts).sort()).toEqual(METRICS.map(({ name }) => name).sort());
  });
});

describe('JSON Schema as far as we have it', () => {
  const schema: Schema = {
    type: 'object',
    properties: { list: { type: 'array', items: { $ref: '#/$defs/item' } } },
    additionalProperties: { type: 'number', minimum: 1 },
    $defs: {
      item: { type: 'object', properties: { a: { type: 'integer', default: 7 } }, additionalProperties: false },
    },
  };

  it('every violation is told with its place', () => {
    expect(violations({ list: [{}, { b: 1 }], x: 0, y: 'z' }, schema)).toEqual([
      'list[1]: there is no key "b" here. Did you mean "a"?',
      'x: 0 is not at least 1',
      'y: expected a number, not "z"',
    ]);
  });

  it('defaults reach through references', () => {
    expect(withDefaults({ list: [{}, { a: 1 }] }, schema)).toEqual({ list: [{ a: 7 }, { a: 1 }] });
  });

  it('a reference to nowhere is our own mistake', () => {
    expect(() => violations({}, { $ref: '#/$defs/none' })).toThrow(/no definition/);
  });
});

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": [1, -0.5e3, true, null, "\\u00e9\\n"], "b": {}}', -1],
    [' [] ', -1],
    ['', 0],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['"\\x"', 0],
    ['01', 1],
    ['[1', 2],
    ['{} x', 3],
  ])('%s', (source, at) => {
    expect(whereNotJson(source)).toBe(at);
    if (at < 0) JSON.parse(source);
    else expect(() => JSON.parse(source)).toThrow(SyntaxError);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../../abi/nearest.ts';
import { chainOf } from '../../lab/chain.ts';
import { judgeOperations, judgeProgram, ordersOf, type Verdict } from '../../lab/scenario/judge.ts';
import { readScenario, type Scenario } from '../../lab/scenario/scenario.ts';
import { trial } from '../../lab/trial.ts';
import { measureAll } from '../compare/pool.ts';
import { progressOn } from '../compare/progress.ts';
import { EXIT, Failure } from '../failure.ts';
import { scenarioJson, verdictsText } from '../scenario-text.ts';
import { EmbeddedTree, programsFolder } from '../tree/embedded.ts';

/** Options of `nestlab scenario` as commander hands them over. */
export interface ScenarioOptions {
  readonly print?: boolean;
  readonly json?: boolean;
}

/** Memory of the innermost kernel; each kernel below has twice as much. */
const MEMORY = 64 << 20;
const SUFFIX = '.json';

/** Runs a scenario (a file, or one of our own by its name); 0 when all is as it expects, 1 when something is not. */
export async function scenarioCommand(name: string | undefined, options: ScenarioOptions): Promise<number> {
  if (name === undefined) {
    process.stdout.write(listText());
    return EXIT.ok;
  }
  const file = fileOf(name);
  const scenario = readScenario(read(file));
  if ('error' in scenario) throw new Failure(`${file}: ${scenario.error}`);
  if (options.print) {
    process.stdout.write(scenarioJson(scenario));
    return EXIT.ok;
  }
  const verdicts = await run(scenario);
  process.stdout.write(
    options.json ? `${JSON.stringify({ scenario, verdicts }, null, 2)}\n` : verdictsText(scenario, verdicts),
  );
  const wrong = verdicts.filter((verdict) => verdict.wrong.length > 0).length;
  if (wrong === 0) return EXIT.ok;
  throw new Failure(
    `${file}: ${wrong} of ${verdicts.length} not as expected. See why: nestlab explain ${verdicts.find((verdict) => verdict.wrong.length > 0)!.tower} OPERATION`,
    EXIT.unsupported,
  );
}

async function run(scenario: Scenario): Promise<readonly Verdict[]> {
  const orders = ordersOf(scenario);
  const progress = progressOn(process.stderr, orders.length);
  const answers = await measureAll(orders, progress.next).finally(progress.end);
  const programs = scenario.towers.flatMap((tower) =>
    scenario.programs.map((program) => {
      const towers = chainOf(tower) as readonly string[];
      const done = trial({
        tree: (memory) => new EmbeddedTree(programsFolder(), memory),
        towers,
        argv: program.argv,
        memory: MEMORY << towers.length,
      });
      return judgeProgram(tower, program, done);
    }),
  );
  return [...judgeOperations(scenario, answers), ...programs];
}

/** Our own scenarios: they lie beside the programs. */
function folder(): string {
  return join(programsFolder(), '../scenarios');
}

function names(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith(SUFFIX) && file !== `schema${SUFFIX}`)
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

function fileOf(name: string): string {
  if (existsSync(name)) return name;
  const all = names();
  if (all.includes(name)) return join(folder(), `${name}${SUFFIX}`);
  const close = nearest(name, all);
  const hint = close ? `Did you mean ${close}?` : `Name a file, or one of ${all.join(', ')}`;
  throw new Failure(`scenario: ${name}: no such file, and no scenario of this name. ${hint}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      `scenario: ${file}: ${code === 'EISDIR' ? 'it is a directory' : `cannot be read (${code})`}. Name a file: nestlab scenario FILE`,
    );
  }
}

/** Each of our own with what it shows. */
function listText(): string {
  const all = names();
  const width = Math.max(...all.map((name) => name.length));
  return all
    .map((name) => {
      const scenario = readScenario(read(fileOf(name)));
      return `${name.padEnd(width)}  ${'error' in scenario ? scenario.error : scenario.title.replace(`${name}: `, '')}\n`;
    })
    .join('');
}

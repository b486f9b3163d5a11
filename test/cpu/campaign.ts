/** Runs many random cases on both processors and collects the differences. */
import type { Row } from '../../src/machine/opcodes/row.ts';
import { allowance } from './differences.ts';
import { type Case, Generator } from './generate.ts';
import { imageSize, layout, type Oracle, type Outcome } from './oracle.ts';
import { Ours } from './ours.ts';
import { Random } from './random.ts';
import { describeCase } from './report.ts';
import { differences, fromOracle, type Result } from './result.ts';
import { randomSetup } from './setup.ts';

const BATCH = 2000;
/** Instructions that a loop may take before it counts as endless. */
const LOOP_BUDGET = 500;
/** Bytes of the jump that the server puts behind a snippet. */
const WAY_OUT = 8;

export interface Campaign {
  readonly oracle: Oracle;
  readonly rows: readonly Row[];
  /** Names of the rows that cases end with, in turn. */
  readonly only: RegExp;
  readonly count: number;
  readonly seed: number;
  /** Ends after so many differences. */
  readonly enough: number;
}

/** Reports of all cases in which the processors differ, with the seed; empty when they agree. */
export function run({ oracle, rows, only, count, seed, enough }: Campaign): string[] {
  const ours = new Ours();
  const generator = new Generator(rows, only);
  const random = new Random(seed);
  const reports: string[] = [];
  let made = 0;
  for (let done = 0; done < count && reports.length < enough; done += BATCH) {
    const image = memoryImage(random);
    const setup = randomSetup(random);
    ours.setImage(image);
    ours.setSegments(setup);
    const cases: Case[] = [];
    const results: Result[] = [];
    while (cases.length < Math.min(BATCH, count - done)) {
      const next = generator.make(random, made++, setup);
      const result = ours.run(next.snippet, next.loops ? LOOP_BUDGET : next.encodings.length);
      if (hitsServer(result) || hitsWayOut(next, result) || !ours.isFlat) continue;
      cases.push(next);
      results.push(result);
    }
    const snippets = cases.map(({ snippet }) => snippet);
    const differ = (outcome: Outcome, i: number): string[] => {
      const theirs = fromOracle(snippets[i], outcome, cases[i].codeBase);
      return hasMisalignedMode(theirs) ? [] : differences(results[i], theirs, allowance(cases[i], results[i]));
    };
    oracle.run(image, snippets, setup).forEach((outcome, i) => {
      const lines = differ(outcome, i);
      // The real kernel may interrupt a snippet, ours is the same each time: what is wrong differs again. (Once in some
      // hundred thousand on a busy computer, behind a POP GS, the first answer was another than all later ones.)
      if (lines.length > 0 && differ(oracle.run(image, [snippets[i]], setup)[0], i).length > 0)
        reports.push(describeCase(cases[i], lines, seed, done + i, setup));
    });
  }
  return reports.slice(0, enough);
}

/** Where the snippet server lies (5.., 6..), or our descriptor tables (c..): such a snippet is not compared. */
function hitsServer(result: Result): boolean {
  const within = (address: number) => [5, 6, 0xc].includes(address >>> 28);
  // With TF set the server's way out would trap.
  const tracing = result.vector === -1 && (result.eflags & 0x100) !== 0;
  return result.vector === -2 || tracing || within(result.eip) || (result.vector === 14 && within(result.address));
}

/** The snippet jumps into the middle of the server's jump behind it. */
function hitsWayOut({ snippet, codeBase }: Case, { vector, eip }: Result): boolean {
  const beyond = eip + codeBase - layout.code - snippet.offset - snippet.code.length;
  return vector === -1 && beyond > 0 && beyond < WAY_OUT;
}

/** AMD's MXCSR bit 17 was loaded (misaligned SSE operands are allowed): reserved, and #GP, elsewhere. */
function hasMisalignedMode({ fx }: Result): boolean {
  return fx !== undefined && (fx[26] & 2) !== 0;
}

/** A random memory image: boundary values and plain random bytes. */
function memoryImage(random: Random): Uint8Array {
  const word = () => (random.chance(0.5) ? random.operand() : random.word());
  return new Uint8Array(Int32Array.from({ length: imageSize >> 2 }, word).buffer);
}

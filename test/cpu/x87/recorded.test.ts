import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { comparable } from './compare.ts';
import { askOracle, buildOracle, NO_ORACLE, RECORD } from './oracle.ts';
import { Ours } from './ours.ts';
import { type Encodings, EXACT, writeRequest } from './requests.ts';

/** Operations behind each digest. */
const COUNT = 2000;

/**
 * Digests of what the real FPU (an AMD EPYC of the fourth generation) answered to 2,000 random operations of each
 * opcode; the seed is the opcode. They stand in for the oracle where there is no compiler.
 */
const RECORDED: Readonly<Record<number, string>> = {
  216: '08687d423bb5e012',
  217: '80fc5cb0e2809c25',
  218: '01026a10b3386d80',
  219: 'a67c4e80f8ec185a',
  220: '4b73e1d10ac71a8e',
  221: '68b6eda6eb433b72',
  222: 'ea8eb114e5693963',
  223: 'f294492b328511e8',
};

/** The first 16 hexadecimal digits of the SHA-256 of all that is comparable in the replies. */
function digest(requests: Uint8Array, replies: Uint8Array): string {
  const hash = createHash('sha256');
  for (let at = 0; at < requests.length; at += RECORD) hash.update(comparable(requests, replies, at));
  return hash.digest('hex').slice(0, 16);
}

function requestsOf(opcode: number): Uint8Array {
  const encodings: Encodings = EXACT.filter(([first]) => first === opcode);
  const random = new Random(opcode);
  const requests = new Uint8Array(COUNT * RECORD);
  for (let at = 0; at < requests.length; at += RECORD) writeRequest(random, encodings, requests, at);
  return requests;
}

const OPCODES = [...new Set(EXACT.map(([opcode]) => opcode))];

describe('x87 against recorded answers of the real FPU', () => {
  const ours = new Ours();
  for (const opcode of OPCODES) {
    it(`opcode ${opcode.toString(16)}: ${COUNT} operations`, () => {
      const requests = requestsOf(opcode);
      const replies = new Uint8Array(requests.length);
      for (let at = 0; at < requests.length; at += RECORD) ours.execute(requests, replies, at);
      expect(digest(requests, replies)).toBe(RECORDED[opcode]);
    });
  }
});

const program = buildOracle();
it.skipIf(program === null && process.env.NESTLAB_REQUIRE_ORACLE !== '1')(
  'the real FPU still answers as recorded',
  () => {
    if (program === null) throw new Error(NO_ORACLE);
    const digests = OPCODES.map((opcode) => {
      const requests = requestsOf(opcode);
      return [opcode, digest(requests, askOracle(program, requests))];
    });
    expect(Object.fromEntries(digests)).toEqual(RECORDED);
  },
);

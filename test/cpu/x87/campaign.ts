/** Runs random requests on both processors and collects what a comparison finds. */
import { Random } from '../random.ts';
import { comparable } from './compare.ts';
import { askOracle, RECORD } from './oracle.ts';
import { Ours } from './ours.ts';
import { describeRequest } from './report.ts';

const BATCH = 10_000;
/** More failures than these say nothing new. */
const ENOUGH = 20;

/** Writes one request at an offset. */
export type Write = (random: Random, requests: Uint8Array, at: number) => void;
/** Lines that say how two replies differ, without the bytes that are not compared; none when they agree. */
export type Compare = (real: DataView, ours: DataView) => string[];

/** Executes `batches` batches of 10,000 requests; returns the differences, request first. */
export function campaign(program: string, seed: number, batches: number, write: Write, compare: Compare): string[] {
  const random = new Random(seed);
  const ours = new Ours();
  const failures: string[] = [];
  for (let batch = 0; batch < batches && failures.length < ENOUGH; batch++) {
    const requests = new Uint8Array(BATCH * RECORD);
    for (let at = 0; at < requests.length; at += RECORD) write(random, requests, at);
    const real = askOracle(program, requests);
    const replies = new Uint8Array(requests.length);
    for (let at = 0; at < requests.length; at += RECORD) {
      ours.execute(requests, replies, at);
      const found = compare(
        new DataView(comparable(requests, real, at).buffer),
        new DataView(comparable(requests, replies, at).buffer),
      );
      if (found.length > 0) {
        const request = new DataView(requests.buffer, at, RECORD);
        failures.push(`${describeRequest(request)}\n  ${found.join('\n  ')}`);
      }
    }
  }
  return failures.slice(0, ENOUGH);
}

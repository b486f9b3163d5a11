/** What a null call costs where a script brings it to a kernel in the same process: a literal from README's steps. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS, type Event } from '../../src/abi/events.ts';
import { canCompare, compile } from '../kernel/compare.ts';
import { runCounted } from './run.ts';

const COLUMNS: readonly Event[] = [
  'crossingSoftware',
  'crossingException',
  'crossingReturn',
  'taskSwitch',
  'pageTableSwitch',
  'tlbFlush',
  'segmentChange',
  'signalFrame',
  'systemCall',
  'mapOperation',
];

describe.skipIf(!canCompare())('one null call (needs gcc -m32)', () => {
  const program = compile(join(import.meta.dirname, 'native'), 'null');
  const perCall = (how: string): Record<string, number> => {
    const [one, two] = ['500', '1000'].map((count) => runCounted(program, [count, how]));
    expect(one.output).toBe('500\n');
    expect(two.output).toBe('1000\n');
    const count = (event: Event): number =>
      (two.run.machine.ledger.counts[EVENTS[event]] - one.run.machine.ledger.counts[EVENTS[event]]) / 500;
    return Object.fromEntries(COLUMNS.map((event) => [event, count(event)]));
  };
  const script = {
    crossingSoftware: 2,
    crossingException: 0,
    crossingReturn: 2,
    taskSwitch: 0,
    pageTableSwitch: 0,
    tlbFlush: 0,
    segmentChange: 0,
    signalFrame: 0,
    systemCall: 0,
    mapOperation: 0,
  };

  it('script alone: two entries of the host', () => expect(perCall('')).toEqual(script));
  it('with a limit: two segment changes', () => expect(perCall('limit')).toEqual({ ...script, segmentChange: 2 }));
});

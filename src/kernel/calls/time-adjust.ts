import { CAP_SYS_TIME } from '../../abi/capabilities.ts';
import { EINVAL, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { type Layout, layout } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';

type Field =
  | 'modes'
  | 'offset'
  | 'freq'
  | 'maxerror'
  | 'esterror'
  | 'status'
  | 'constant'
  | 'precision'
  | 'tolerance'
  | 'seconds'
  | 'microseconds'
  | 'tick'
  | 'rest';

/** struct timex of i386, and the one with 64-bit words (adjtimex(2)). */
const TIMEX: Layout<Field> = layout('timex', {
  modes: 4,
  offset: 4,
  freq: 4,
  maxerror: 4,
  esterror: 4,
  status: 4,
  constant: 4,
  precision: 4,
  tolerance: 4,
  seconds: 4,
  microseconds: 4,
  tick: 4,
  rest: 80,
});
const TIMEX64: Layout<Field> = layout('__kernel_timex', {
  modes: 8,
  offset: 8,
  freq: 8,
  maxerror: 8,
  esterror: 8,
  status: 8,
  constant: 8,
  precision: 8,
  tolerance: 8,
  seconds: 8,
  microseconds: 8,
  tick: 8,
  rest: 112,
});

/** What a read asks for: nothing to change, or the old way to read what is left of a slow change. */
const READS: ReadonlySet<number> = new Set([0, 0xa001]);
/** A clock that nobody has set by another: TIME_ERROR, STA_UNSYNC, and an error that is as large as can be told, in us. */
const TIME_ERROR = 5;
const STA_UNSYNC = 0x40;
const ERROR_MOST = 16_000_000;
const TOLERANCE = 32_768_000;
const TICK = 10_000;
/** Clocks that clock_adjtime(2) knows by number, and the one that can be asked. */
const CLOCK_REALTIME = 0;
const CLOCKS = 12;

function adjust(struct: Layout<Field>) {
  return (caller: Caller, address: number): number => {
    const { user } = caller;
    const bad = user.readable(address, struct.size) || user.writable(address, struct.size);
    if (bad < 0) return bad;
    if (!READS.has(user.load32(address))) return capable(caller.credentials, CAP_SYS_TIME) ? -EINVAL : -EPERM;
    const { seconds, nanoseconds } = caller.services.files.core.clock.stamp();
    const bytes = new Uint8Array(struct.size);
    const view = new DataView(bytes.buffer);
    const values: readonly (readonly [field: Field, value: number])[] = [
      ['modes', user.load32(address)],
      ['maxerror', ERROR_MOST],
      ['esterror', ERROR_MOST],
      ['status', STA_UNSYNC],
      ['constant', 2],
      ['precision', 1],
      ['tolerance', TOLERANCE],
      ['seconds', seconds],
      ['microseconds', Math.floor(nanoseconds / 1000)],
      ['tick', TICK],
    ];
    for (const [field, value] of values) view.setUint32(struct.at[field], value, true);
    return user.write(address, bytes) || TIME_ERROR;
  };
}

const adjust32 = adjust(TIMEX);
const adjust64 = adjust(TIMEX64);

/** clock_adjtime(2): of the clocks only the real-time one can be asked. */
function ofClock(run: (caller: Caller, address: number) => number) {
  return (caller: Caller): number => {
    const [clock, address] = caller.args;
    if (clock >= CLOCKS) return -EINVAL;
    return clock === CLOCK_REALTIME ? run(caller, address) : -EOPNOTSUPP;
  };
}

const note = 'the clock can be asked, not adjusted';

/** Steering the clock. */
export const timeAdjustCalls: readonly Row[] = [
  { number: 124, name: 'adjtimex', run: (caller) => adjust32(caller, caller.args[0]), note },
  { number: 343, name: 'clock_adjtime', run: ofClock(adjust32), note },
  { number: 405, name: 'clock_adjtime64', run: ofClock(adjust64), note },
];

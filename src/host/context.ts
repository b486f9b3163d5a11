/** A thread's processor state while it is off the machine. */
import { type Context, CS, DS, EFLAGS, ES, type InnerGate, REGISTERS, SS } from '../kernel/platform.ts';
import { initialFpu } from './fpu.ts';
import { USER_CS, USER_DS } from './layout.ts';
import { type Half, UNLIMITED } from './limit.ts';

/** EFLAGS of a fresh program: IF and the bit that is always set. */
const FRESH_FLAGS = 0x202;

export class HostContext implements Context {
  readonly regs = new Int32Array(REGISTERS);
  readonly tls = new Int32Array(6);
  readonly debug = new Int32Array(8);
  readonly fpu = new Uint8Array(512);
  limit = UNLIMITED;
  gate: InnerGate | undefined;
  /** Which half of segments that go around the top it has now, where it has a limit. */
  half: Half = 'up';
  /** Instructions retired when it got that half. */
  turnedAt = -1;
  /** The FPU state in the machine's own form; current while the context does not own the FPU. */
  readonly fpuWords = initialFpu();

  constructor() {
    const regs = this.regs;
    regs[CS] = USER_CS;
    regs[DS] = USER_DS;
    regs[ES] = USER_DS;
    regs[SS] = USER_DS;
    regs[EFLAGS] = FRESH_FLAGS;
  }
}

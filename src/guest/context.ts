import { type Context, CS, DS, EFLAGS, ES, REGISTERS, SS } from '../kernel/platform.ts';

/** No limit. */
const UNLIMITED = 0xffffffff;
/** EFLAGS of a fresh program: IF and the bit that is always set. */
const FRESH_FLAGS = 0x202;

/** A thread's processor state while it is not running. */
export class GuestContext implements Context {
  readonly regs = new Int32Array(REGISTERS);
  readonly tls = new Int32Array(6);
  readonly debug = new Int32Array(8);
  readonly fpu = new Uint8Array(512);
  /** The last address that its segments may reach. */
  limit = UNLIMITED;
  /** Where the FPU registers are, if not in `fpu` alone: in a process that the kernel shares (inside.ts). */
  fpuHome: object | undefined;

  constructor(code: number, data: number) {
    const { regs } = this;
    regs[CS] = code;
    regs[DS] = data;
    regs[ES] = data;
    regs[SS] = data;
    regs[EFLAGS] = FRESH_FLAGS;
    const fpu = new DataView(this.fpu.buffer);
    // FNINIT, and MXCSR's initial value and mask.
    fpu.setUint16(0, 0x37f, true);
    fpu.setUint32(24, 0x1f80, true);
    fpu.setUint32(28, 0xffff, true);
  }
}

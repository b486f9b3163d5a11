/** The stepper's client: an empty i386 process on the real processor, given memory and registers, executed stepwise. */
import { buildOracle, type Peer, startPeer } from './oracle.ts';

/** Registers as the stepper reports them; GPRs in ModRM order. */
export interface Step {
  readonly gpr: Uint32Array;
  readonly eip: number;
  /** Without TF and RF. */
  readonly eflags: number;
  /** FXSAVE image, when the step changed it. */
  readonly fx: Uint8Array | undefined;
}

/** Why stepping ended: all steps done, an instruction that must be done elsewhere, or a signal. */
export type Reason = 'done' | 'special' | 'signal';
const reasons: readonly Reason[] = ['done', 'special', 'signal'];

export interface Steps {
  readonly reason: Reason;
  /** Linux signal number, si_code and si_addr, when the reason is a signal. */
  readonly signal: number;
  readonly code: number;
  readonly address: number;
  readonly steps: readonly Step[];
}

/** Everything that `set` loads. */
export interface Registers {
  readonly gpr: Uint32Array;
  readonly eip: number;
  readonly eflags: number;
  readonly fs: { readonly selector: number; readonly base: number };
  readonly gs: { readonly selector: number; readonly base: number };
}

export interface Stepper {
  step(count: number): Steps;
  set(registers: Registers): void;
  setFx(image: Uint8Array): void;
  read(address: number, size: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
  /** A Linux i386 system call executed by the process; negative errno on failure. */
  call(number: number, ...args: readonly number[]): number;
  close(): void;
}

/** Starts a stepper with an empty process; its own page at 0xe0001000 is all it has. */
export function openStepper(): Stepper {
  const peer = startPeer(buildOracle('stepper'), [buildOracle('vessel')]);
  const stepper: Stepper = {
    step(count) {
      peer.send(words(0, count));
      return receiveSteps(peer);
    },
    set({ gpr, eip, eflags, fs, gs }) {
      peer.send(words(1, ...gpr, eip, eflags, fs.selector, gs.selector, fs.base, gs.base));
      peer.receive(4);
    },
    setFx(image) {
      peer.send(words(2));
      peer.send(image);
      peer.receive(4);
    },
    write(address, bytes) {
      peer.send(words(3, address, bytes.length));
      peer.send(bytes);
      peer.receive(4);
    },
    read(address, size) {
      peer.send(words(4, address, size));
      return peer.receive(size);
    },
    call(number, ...args) {
      peer.send(words(5, number, ...Array.from({ length: 6 }, (_, i) => args[i] ?? 0)));
      return (receiveWords(peer, 1)[0] as number) | 0;
    },
    close: peer.close,
  };
  // Its first stack and the vDSO go: nothing but what the test maps shall be there to be found.
  const SYS_munmap = 91;
  stepper.call(SYS_munmap, 0, 0xe0000000);
  stepper.call(SYS_munmap, 0xe0002000, 0xffffe000 - 0xe0002000);
  return stepper;
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values, (value) => value >>> 0).buffer);
}

function receiveWords(peer: Peer, count: number): Uint32Array {
  return new Uint32Array(peer.receive(count * 4).buffer);
}

function receiveSteps(peer: Peer): Steps {
  const head = receiveWords(peer, 5);
  const steps: Step[] = [];
  for (let i = 0; i < (head[4] as number); i++) {
    const record = receiveWords(peer, 11);
    steps.push({
      gpr: record.subarray(0, 8),
      eip: record[8] as number,
      eflags: record[9] as number,
      fx: record[10] ? peer.receive(512) : undefined,
    });
  }
  return {
    reason: reasons[head[0] as number] as Reason,
    signal: head[1] as number,
    code: (head[2] as number) | 0,
    address: head[3] as number,
    steps,
  };
}

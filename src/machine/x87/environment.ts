/** Control words and images of the whole unit: FLDCW to FRSTOR. SDM volume 1, 8.1.10 and figures 8-9 to 8-12. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { CR0, EAX, FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTW, X87 } from '../state.ts';
import { C0, C1, C2, C3, classOf, NORMAL, ZERO } from './extended.ts';
import { enter, wait } from './operand.ts';
import { BUSY, ES, st } from './stack.ts';

const EXCEPTIONS = 0x3f;
const CR0_PE = 1;
/** Control word bits that exist, and bit 6, which reads as one. */
const CONTROL_BITS = 0x1f3f;
const CONTROL_ONES = 0x0040;

/** Loads the control word; exceptions that it unmasks become pending. */
export function setControl(m: Int32Array, value: number): void {
  m[FCW] = (value & CONTROL_BITS) | CONTROL_ONES;
  setStatus(m, m[FSW]);
}

/** Loads the status word; ES and B follow from the exceptions and their masks. */
export function setStatus(m: Int32Array, value: number): void {
  const pending = (value & ~m[FCW] & EXCEPTIONS) !== 0;
  m[FSW] = (value & 0x7f7f) | (pending ? ES | BUSY : 0);
}

/** The tag word as it is stored: 0 valid, 1 zero, 2 special, 3 empty, for R7..R0 from the top (SDM volume 1, 8.1.7). */
export function tagWord(m: Int32Array): number {
  let tags = 0;
  for (let r = 7; r >= 0; r--) {
    let tag = (m[FTW] >>> (r << 1)) & 3;
    if (tag !== 3) {
      const kind = classOf(m, X87 + (r << 2));
      tag = kind === NORMAL ? 0 : kind === ZERO ? 1 : 2;
    }
    tags = (tags << 2) | tag;
  }
  return tags;
}

/** Puts the unit into the state after FNINIT; the registers keep their contents. */
export function initialize(m: Int32Array): void {
  m[FCW] = 0x037f;
  m[FSW] = 0;
  m[FTW] = 0xffff;
  m[FOP] = 0;
  m[FIP] = 0;
  m[FCS] = 0;
  m[FDP] = 0;
  m[FDS] = 0;
}

/** FLDCW. */
export function fldcw(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  setControl(m, cpu.load16(insn.seg, cpu.ea(insn)));
}

/** FNSTCW. */
export function fnstcw(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  cpu.store16(insn.seg, cpu.ea(insn), m[FCW]);
}

/** FNSTSW m16. */
export function fnstsw(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  cpu.store16(insn.seg, cpu.ea(insn), m[FSW]);
}

/** FNSTSW AX. */
export function fnstswAx(cpu: Cpu): void {
  const m = enter(cpu);
  cpu.setReg16(EAX, m[FSW]);
}

/** FNCLEX. */
export function fnclex(cpu: Cpu): void {
  const m = enter(cpu);
  m[FSW] &= 0x3800 | C0 | C1 | C2 | C3;
}

/** FNINIT. */
export function fninit(cpu: Cpu): void {
  initialize(enter(cpu));
}

/** FNENI, FNDISI, FNSETPM: no operations since the 387. */
export function fnopControl(cpu: Cpu): void {
  enter(cpu);
}

/** Bytes of an environment and of a whole image by operand size. */
const ENVIRONMENT_16 = 14;
const ENVIRONMENT_32 = 28;
const REGISTERS = 80;

/** The seven words of the environment in the form of the operand size and mode, in order. */
const words = new Int32Array(7);

function packEnvironment(m: Int32Array, size: number): void {
  words[0] = m[FCW];
  words[1] = m[FSW];
  words[2] = tagWord(m);
  if ((m[CR0] & CR0_PE) !== 0) {
    words[3] = m[FIP];
    words[4] = (m[FCS] & 0xffff) | (size === 4 ? m[FOP] << 16 : 0);
    words[5] = m[FDP];
    words[6] = m[FDS];
    return;
  }
  const ip = m[FIP] + (m[FCS] << 4);
  const dp = m[FDP] + (m[FDS] << 4);
  words[3] = ip & 0xffff;
  words[4] = ((ip >>> 4) & (size === 4 ? 0x0ffff000 : 0xf000)) | m[FOP];
  words[5] = dp & 0xffff;
  words[6] = (dp >>> 4) & (size === 4 ? 0x0ffff000 : 0xf000);
}

function unpackEnvironment(m: Int32Array, size: number): void {
  setControl(m, words[0]);
  m[FTW] = words[2] & 0xffff;
  setStatus(m, words[1]);
  if ((m[CR0] & CR0_PE) !== 0) {
    m[FIP] = words[3];
    m[FCS] = words[4] & 0xffff;
    m[FDP] = words[5];
    m[FDS] = words[6] & 0xffff;
    if (size === 4) m[FOP] = (words[4] >>> 16) & 0x7ff;
    return;
  }
  m[FIP] = (words[3] & 0xffff) | ((words[4] & 0x0ffff000) << 4);
  m[FCS] = 0;
  m[FOP] = words[4] & 0x7ff;
  m[FDP] = (words[5] & 0xffff) | ((words[6] & 0x0ffff000) << 4);
  m[FDS] = 0;
}

function writeEnvironment(cpu: Cpu, m: Int32Array, linear: number, size: number): void {
  packEnvironment(m, size);
  // In the 32-bit form the unused upper halves of the short fields are ones.
  const realMode = (m[CR0] & CR0_PE) === 0;
  for (let i = 0; i < 7; i++) {
    const short = i < 3 || i === 6 || (realMode && (i === 3 || i === 5));
    if (size === 2) cpu.write16((linear + 2 * i) | 0, words[i]);
    else cpu.write32((linear + 4 * i) | 0, short && !(realMode && i === 6) ? words[i] | 0xffff0000 : words[i]);
  }
}

function readEnvironment(cpu: Cpu, linear: number, size: number): void {
  for (let i = 0; i < 7; i++) {
    words[i] = size === 2 ? cpu.read16((linear + 2 * i) | 0) : cpu.read32((linear + 4 * i) | 0);
  }
}

/** FNSTENV: stores the environment, then masks all exceptions. */
export function fnstenv(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  const linear = cpu.probe(insn.seg, cpu.ea(insn), insn.size === 2 ? ENVIRONMENT_16 : ENVIRONMENT_32, true);
  writeEnvironment(cpu, m, linear, insn.size);
  m[FCW] |= EXCEPTIONS;
  setStatus(m, m[FSW]);
}

/** FLDENV. */
export function fldenv(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  const linear = cpu.probe(insn.seg, cpu.ea(insn), insn.size === 2 ? ENVIRONMENT_16 : ENVIRONMENT_32, false);
  readEnvironment(cpu, linear, insn.size);
  unpackEnvironment(m, insn.size);
}

/** FNSAVE: stores environment and registers from ST(0) on, then initializes. */
export function fnsave(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  const environment = insn.size === 2 ? ENVIRONMENT_16 : ENVIRONMENT_32;
  const linear = cpu.probe(insn.seg, cpu.ea(insn), environment + REGISTERS, true);
  writeEnvironment(cpu, m, linear, insn.size);
  for (let i = 0; i < 8; i++) {
    const slot = st(m, i);
    const at = linear + environment + 10 * i;
    // By halves: ten-byte steps leave an aligned image's words misaligned, which is no #AC.
    for (let half = 0; half < 5; half++) cpu.write16((at + 2 * half) | 0, m[slot + (half >> 1)] >>> ((half & 1) << 4));
  }
  initialize(m);
}

/** FRSTOR. */
export function frstor(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  const environment = insn.size === 2 ? ENVIRONMENT_16 : ENVIRONMENT_32;
  const linear = cpu.probe(insn.seg, cpu.ea(insn), environment + REGISTERS, false);
  readEnvironment(cpu, linear, insn.size);
  unpackEnvironment(m, insn.size);
  for (let i = 0; i < 8; i++) {
    const slot = st(m, i);
    const at = linear + environment + 10 * i;
    m[slot] = cpu.read16(at | 0) | (cpu.read16((at + 2) | 0) << 16);
    m[slot + 1] = cpu.read16((at + 4) | 0) | (cpu.read16((at + 6) | 0) << 16);
    m[slot + 2] = cpu.read16((at + 8) | 0);
  }
}

/** FXSAVE and FXRSTOR: the 512-byte image of x87, MMX and SSE registers. SDM volume 2, FXSAVE, table 3-43. */
import type { Cpu } from '../cpu.ts';
import { GP } from '../fault.ts';
import type { Insn } from '../insn.ts';
import { FCS, FCW, FDP, FDS, FIP, FOP, FSW, FTW, MXCSR, XMM } from '../state.ts';
import { setControl, setStatus } from './environment.ts';
import { enter } from './operand.ts';
import { st } from './stack.ts';

const LENGTH = 512;
const REGISTERS = 32;
const XMM_REGISTERS = 160;
/** MXCSR bits that exist, denormals-are-zeros among them: what MXCSR_MASK says. */
const MXCSR_BITS = 0xffff;

/** The operand's linear address: 16-byte aligned, else #GP(0); all of it accessible. */
function image(cpu: Cpu, insn: Insn, write: boolean): number {
  const offset = cpu.ea(insn);
  if ((cpu.linear(insn.seg, offset, LENGTH, write) & 15) !== 0) cpu.fault(GP, 0);
  return cpu.probe(insn.seg, offset, LENGTH, write);
}

/** FXSAVE: stores without waiting and changes nothing; the SSE part only where the model has SSE. */
export function fxsave(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  const at = image(cpu, insn, true);
  let used = 0;
  for (let r = 0; r < 8; r++) if (((m[FTW] >>> (r << 1)) & 3) !== 3) used |= 1 << r;
  cpu.write32(at, (m[FCW] & 0xffff) | (m[FSW] << 16));
  cpu.write32(at + 4, used | (m[FOP] << 16));
  cpu.write32(at + 8, m[FIP]);
  cpu.write32(at + 12, m[FCS] & 0xffff);
  cpu.write32(at + 16, m[FDP]);
  cpu.write32(at + 20, m[FDS] & 0xffff);
  for (let i = 0; i < 8; i++) {
    const slot = st(m, i);
    const to = at + REGISTERS + 16 * i;
    cpu.write32(to, m[slot]);
    cpu.write32(to + 4, m[slot + 1]);
    cpu.write32(to + 8, m[slot + 2] & 0xffff);
    cpu.write32(to + 12, 0);
  }
  if (!cpu.model.features.has('sse')) return;
  cpu.write32(at + 24, m[MXCSR]);
  cpu.write32(at + 28, MXCSR_BITS);
  for (let i = 0; i < 32; i++) cpu.write32(at + XMM_REGISTERS + 4 * i, m[XMM + i]);
}

/** FXRSTOR: #GP(0) where MXCSR has bits that do not exist. */
export function fxrstor(cpu: Cpu, insn: Insn): void {
  const m = enter(cpu);
  const at = image(cpu, insn, false);
  const sse = cpu.model.features.has('sse');
  const mxcsr = sse ? cpu.read32(at + 24) : 0;
  if ((mxcsr & ~MXCSR_BITS) !== 0) cpu.fault(GP, 0);
  const words = cpu.read32(at);
  const tagsOpcode = cpu.read32(at + 4);
  let tags = 0;
  for (let r = 0; r < 8; r++) if (((tagsOpcode >>> r) & 1) === 0) tags |= 3 << (r << 1);
  m[FTW] = tags;
  m[FOP] = (tagsOpcode >>> 16) & 0x7ff;
  m[FIP] = cpu.read32(at + 8);
  m[FCS] = cpu.read16(at + 12);
  m[FDP] = cpu.read32(at + 16);
  m[FDS] = cpu.read16(at + 20);
  setControl(m, words & 0xffff);
  setStatus(m, words >>> 16);
  for (let i = 0; i < 8; i++) {
    const slot = st(m, i);
    const from = at + REGISTERS + 16 * i;
    m[slot] = cpu.read32(from);
    m[slot + 1] = cpu.read32(from + 4);
    m[slot + 2] = cpu.read16(from + 8);
  }
  if (!sse) return;
  m[MXCSR] = mxcsr;
  for (let i = 0; i < 32; i++) m[XMM + i] = cpu.read32(at + XMM_REGISTERS + 4 * i);
}

/** Moves of MMX and XMM registers: among themselves, to general registers and to memory. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { getE, setE } from '../integer/operands.ts';
import type { Run } from '../opcodes/row.ts';
import { EDI, FTW, TLB, TLB_STRICT } from '../state.ts';
import {
  copy,
  enterMmx,
  enterSse,
  fetch,
  mm,
  mmxSource,
  storeBytes,
  touchMmx,
  wroteMmx,
  xmm,
  xmmSource,
} from './registers.ts';

/** EMMS: all x87 registers are empty again. */
export const emms: Run = (cpu) => {
  enterMmx(cpu);
  touchMmx(cpu);
  cpu.s[FTW] = 0xffff;
};

/** MOVD P, E: the high half becomes 0. */
export const movdToMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  const value = getE(cpu, insn, 4);
  const d = mm(insn.reg) >> 2;
  cpu.s[d] = value;
  cpu.s[d + 1] = 0;
  wroteMmx(cpu, insn.reg);
};

/** MOVD E, P. */
export const movdFromMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  setE(cpu, insn, cpu.s[mm(insn.reg) >> 2], 4);
  touchMmx(cpu);
};

/** MOVQ P, Q. */
export const movqToMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  copy(cpu.s, mm(insn.reg), mmxSource(cpu, insn, 8), 8);
  wroteMmx(cpu, insn.reg);
};

/** MOVQ Q, P; MOVNTQ. */
export const movqFromMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  if (insn.mem) {
    storeBytes(cpu, insn, mm(insn.reg), 8, false);
    touchMmx(cpu);
  } else {
    copy(cpu.s, mm(insn.rm), mm(insn.reg), 8);
    wroteMmx(cpu, insn.rm);
  }
};

/** MOVD V, E: the rest becomes 0. */
export const movdToXmm: Run = (cpu, insn) => {
  enterSse(cpu);
  const value = getE(cpu, insn, 4);
  const d = xmm(insn.reg) >> 2;
  cpu.s[d] = value;
  cpu.s.fill(0, d + 1, d + 4);
};

/** MOVD E, V. */
export const movdFromXmm: Run = (cpu, insn) => {
  enterSse(cpu);
  setE(cpu, insn, cpu.s[xmm(insn.reg) >> 2], 4);
};

/** V = W, 16 bytes; MOVAPS, MOVAPD, MOVDQA want them aligned, MOVUPS, MOVUPD, MOVDQU do not. */
export function loadXmm(aligned: boolean): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    const from = insn.mem ? fetch(cpu, insn, 16, aligned) : xmm(insn.rm);
    copy(cpu.s, xmm(insn.reg), from, 16);
  };
}

/** W = V, 16 bytes; also the non-temporal stores. */
export function storeXmm(aligned: boolean): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    if (insn.mem) storeBytes(cpu, insn, xmm(insn.reg), 16, aligned);
    else copy(cpu.s, xmm(insn.rm), xmm(insn.reg), 16);
  };
}

/** MOVSS, MOVSD and MOVQ to V: from memory, or with `clear` from a register too, the rest becomes 0. */
export function loadScalar(bytes: number, clear: boolean): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    const d = xmm(insn.reg);
    copy(cpu.s, d, xmmSource(cpu, insn, bytes), bytes);
    if (insn.mem || clear) cpu.s.fill(0, (d + bytes) >> 2, (d + 16) >> 2);
  };
}

/** MOVSS, MOVSD and MOVQ from V; MOVQ between registers clears the rest. */
export function storeScalar(bytes: number, clear: boolean): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    if (insn.mem) {
      storeBytes(cpu, insn, xmm(insn.reg), bytes, false);
      return;
    }
    const d = xmm(insn.rm);
    copy(cpu.s, d, xmm(insn.reg), bytes);
    if (clear) cpu.s.fill(0, (d + bytes) >> 2, (d + 16) >> 2);
  };
}

/** MOVLPS, MOVHPS, MOVLPD, MOVHPD from memory: `half` is 0 or 8. */
export function loadHalf(half: number): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    copy(cpu.s, xmm(insn.reg) + half, fetch(cpu, insn, 8, false), 8);
  };
}

/** The same to memory. */
export function storeHalf(half: number): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    storeBytes(cpu, insn, xmm(insn.reg) + half, 8, false);
  };
}

/** MOVHLPS and MOVLHPS: one half of V from the other half of U. */
export function moveHalf(to: number, from: number): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    copy(cpu.s, xmm(insn.reg) + to, xmm(insn.rm) + from, 8);
  };
}

/** MOVQ2DQ: XMM from MMX. */
export const movq2dq: Run = (cpu, insn) => {
  enterSse(cpu);
  enterMmx(cpu);
  const d = xmm(insn.reg);
  copy(cpu.s, d, mm(insn.rm), 8);
  cpu.s.fill(0, (d + 8) >> 2, (d + 16) >> 2);
  touchMmx(cpu);
};

/** MOVDQ2Q: MMX from XMM. */
export const movdq2q: Run = (cpu, insn) => {
  enterSse(cpu);
  enterMmx(cpu);
  copy(cpu.s, mm(insn.reg), xmm(insn.rm), 8);
  wroteMmx(cpu, insn.reg);
};

/** MOVNTI. */
export const movnti: Run = (cpu, insn) => {
  cpu.store32(insn.seg, cpu.ea(insn), cpu.s[insn.reg]);
};

/** One bit per lane of `size` bytes: its sign. */
function signs(v: DataView, from: number, bytes: number, size: number): number {
  let mask = 0;
  for (let i = 0; i < bytes; i += size) mask |= (v.getUint8(from + i + size - 1) >> 7) << (i / size);
  return mask;
}

/** PMOVMSKB of an MMX register. */
export const pmovmskbMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  cpu.s[insn.reg] = signs(cpu.view, mm(insn.rm), 8, 1);
  touchMmx(cpu);
};

/** PMOVMSKB, MOVMSKPS, MOVMSKPD of an XMM register. */
export function moveSigns(size: number): Run {
  return (cpu, insn) => {
    enterSse(cpu);
    cpu.s[insn.reg] = signs(cpu.view, xmm(insn.rm), 16, size);
  };
}

/** PEXTRW from an MMX register. */
export const pextrwMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  cpu.s[insn.reg] = cpu.view.getUint16(mm(insn.rm) + 2 * (insn.imm & 3), true);
  touchMmx(cpu);
};

/** PEXTRW from an XMM register. */
export const pextrwXmm: Run = (cpu, insn) => {
  enterSse(cpu);
  cpu.s[insn.reg] = cpu.view.getUint16(xmm(insn.rm) + 2 * (insn.imm & 7), true);
};

/** PINSRW into an MMX register. */
export const pinsrwMmx: Run = (cpu, insn) => {
  enterMmx(cpu);
  cpu.view.setInt16(mm(insn.reg) + 2 * (insn.imm & 3), getE(cpu, insn, 2), true);
  wroteMmx(cpu, insn.reg);
};

/** PINSRW into an XMM register. */
export const pinsrwXmm: Run = (cpu, insn) => {
  enterSse(cpu);
  cpu.view.setInt16(xmm(insn.reg) + 2 * (insn.imm & 7), getE(cpu, insn, 2), true);
};

/** Linear address of the eight bytes at DS:(E)DI + `above`, all writable whatever the mask says. */
function eightAt(cpu: Cpu, insn: Insn, above: number): number {
  const offset = cpu.s[EDI] + above;
  const linear = cpu.probe(insn.seg, insn.asize === 4 ? offset | 0 : offset & 0xffff, 8, true);
  if (cpu.tlb === TLB + TLB_STRICT && (linear & 7) !== 0) cpu.alignmentFault();
  return linear;
}

/** Stores those of eight bytes whose mask byte has its sign set. */
function storeMasked(cpu: Cpu, linear: number, from: number, mask: number): void {
  const { u8 } = cpu;
  for (let i = 0; i < 8; i++) if (u8[mask + i] > 0x7f) cpu.write8((linear + i) | 0, u8[from + i]);
}

/** MASKMOVQ leaves the x87 registers to MMX even when the store faults. */
export const maskmovq: Run = (cpu, insn) => {
  enterMmx(cpu);
  touchMmx(cpu);
  storeMasked(cpu, eightAt(cpu, insn, 0), mm(insn.reg), mm(insn.rm));
};

export const maskmovdqu: Run = (cpu, insn) => {
  enterSse(cpu);
  const low = eightAt(cpu, insn, 0);
  const high = eightAt(cpu, insn, 8);
  storeMasked(cpu, low, xmm(insn.reg), xmm(insn.rm));
  storeMasked(cpu, high, xmm(insn.reg) + 8, xmm(insn.rm) + 8);
};

/** CLFLUSH: there is no cache, but the address is checked as a byte is read. */
export const clflush: Run = (cpu, insn) => {
  cpu.load8(insn.seg, cpu.ea(insn));
};

/** Code segments as real-address and virtual-8086 mode load them (SDM 3A, 20.1.1 and 20.2.1). */
import type { Cpu } from '../cpu.ts';
import { isVirtual8086, setReal, setVirtual8086 } from '../segments.ts';
import * as st from '../state.ts';

/** Loads CS:EIP without any descriptor; the caller has checked the offset and ends with `updateMode`. */
export function realCode(cpu: Cpu, selector: number, eip: number): void {
  if (isVirtual8086(cpu)) setVirtual8086(cpu, st.CS, selector);
  else setReal(cpu, st.CS, selector);
  cpu.s[st.EIP] = eip;
}

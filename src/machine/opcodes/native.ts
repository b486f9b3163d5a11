/** UD1, the reserved opcode: a native routine's stub where one is installed, #UD everywhere else. */
import { UD } from '../fault.ts';
import type { Row } from './row.ts';

export const NATIVE: readonly Row[] = [
  {
    code: '0f b9',
    name: 'ud1',
    operands: 'Gv,Ev',
    ends: true,
    run: (cpu, insn) => {
      const frame = cpu.code.frameAt(cpu.eipOf(insn));
      if (frame < 0) cpu.fault(UD);
      cpu.natives.enter(insn, frame);
    },
  },
];

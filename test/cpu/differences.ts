/** What the real processor (AMD Zen 4) may do differently from the Pentium II and 4 manuals. README.md gives the reasons. */
import type { Case } from './generate.ts';
import { layout } from './oracle.ts';
import type { Allowance, Result } from './result.ts';

const AC = 0x40000;
const XM = 19;
const C1 = 0x200;
const FLAGS: Readonly<Record<string, number>> = { o: 0x800, s: 0x80, z: 0x40, a: 0x10, p: 0x04, c: 0x01 };

/**
 * CMPS reads ES:EDI first on AMD, far returns read CS first, calls push before they check the limit, ENTER ends with its checks,
 * and an x87 environment is first tried at its last byte;
 * FXSAVE and FXRSTOR of a misaligned image may raise #AC in place of #GP.
 */
const PUSHES = /^(pusha|l?call)$/;
const ANY_ORDER = /^(cmps|call|lcall|lret|iret|enter|fnsave|fnstenv|frstor|fldenv|fxsave|fxrstor)$/;

/** What may differ after a case in which our processor did `ours`. */
export function allowance({ encodings, starts, address, snippet, codeBase }: Case, ours: Result): Allowance {
  // A fault leaves EIP at its instruction; otherwise only the last one may leave anything undefined.
  const at = starts.indexOf(ours.eip + codeBase - layout.code - snippet.offset);
  const { row } = encodings[at >= 0 ? at : encodings.length - 1];
  const faulted = ours.vector >= 0;
  let flags = 0;
  for (const letter of row.undef ?? '') flags |= FLAGS[letter] ?? 0;
  const memory: [number, number][] = [];
  if (row.name === 'fxsave') memory.push([address + 6, 18], [address + 28, 4]);
  // PUSHA and POPA that fault have moved a part already on AMD: they are restarted, and only a debugger can tell.
  const registers = faulted && row.name === 'popa' ? 0xff & ~(1 << 4) : 0;
  // PUSHA as well, and calls, which AMD finds out of the limit only after the push.
  if (faulted && PUSHES.test(row.name)) memory.push([ours.gpr[4] - 32, 32]);
  // An image across the end of its segment is stored up to there.
  if (faulted && /^fn(save|stenv)$/.test(row.name)) memory.push([address, 108]);
  // Whether a misaligned operand raises #AC before the fault of its segment or page is left to the processor.
  const checked = (snippet.eflags & AC) !== 0;
  // Ten bytes are accessed as eight and two, each with its own checks.
  const inTwo = row.operands.includes('Mt');
  // AMD leaves C1 alone where the manuals clear it.
  const status = /^fu?comip?$/.test(row.name) ? C1 : 0;
  // With an unmasked exception AMD has gone to the MMX state before it raises #XM.
  const x87 = ours.vector === XM && /^cvt.*2pi$/.test(row.name);
  return { flags, memory, status, x87, registers, anyFault: checked || inTwo || ANY_ORDER.test(row.name) };
}

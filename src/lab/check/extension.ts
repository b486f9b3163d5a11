/** An instruction of an extension that no model has: its name, and its length so that a sweep can pass over it. */
export interface Extension {
  readonly name: string;
  readonly length: number;
}

const PREFIXES = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

/** Length of a ModRM byte with its SIB byte and displacement in 32-bit addressing (SDM vol. 2, table 2-2). */
function modrmLength(bytes: Uint8Array, at: number): number {
  const modrm = bytes[at];
  const mod = modrm >> 6;
  const rm = modrm & 7;
  if (mod === 3) return 1;
  const sib = rm === 4 ? 1 : 0;
  const base = sib ? bytes[at + 1] & 7 : rm;
  const displacement = mod === 1 ? 1 : mod === 2 || base === 5 ? 4 : 0;
  return 1 + sib + displacement;
}

/**
 * Recognizes the SSSE3 and SSE4 maps (0F 38, 0F 3A), VEX and EVEX at the start of `bytes`; null for any other bytes.
 * In 32-bit code C4, C5 and 62 are these prefixes only where the byte behind them says "register" (SDM vol. 2, 2.3.5).
 */
export function extensionAt(bytes: Uint8Array): Extension | null {
  let at = 0;
  while (at < 4 && PREFIXES.has(bytes[at])) at++;
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === 0x0f && second === 0x38) return { name: 'SSSE3/SSE4', length: at + 3 + modrmLength(bytes, at + 3) };
  if (first === 0x0f && second === 0x3a) return { name: 'SSSE3/SSE4', length: at + 4 + modrmLength(bytes, at + 3) };
  if (second === undefined || second < 0xc0) return null;
  if (first === 0xc5) return { name: 'AVX', length: at + 3 + vexTail(bytes, at + 2, 1) };
  if (first === 0xc4) return { name: 'AVX', length: at + 4 + vexTail(bytes, at + 3, second & 0x1f) };
  if (first === 0x62) return { name: 'AVX-512', length: at + 5 + vexTail(bytes, at + 4, second & 7) };
  return null;
}

/** What follows the opcode byte at `at` in a VEX or EVEX instruction of this map: ModRM and immediate; VZEROUPPER has neither. */
function vexTail(bytes: Uint8Array, at: number, map: number): number {
  const opcode = bytes[at];
  if (map === 1 && opcode === 0x77) return 0;
  const modrm = modrmLength(bytes, at + 1);
  const immediate = map === 3 || (map === 1 && /^(70|71|72|73|c2|c4|c5|c6)$/.test(opcode.toString(16))) ? 1 : 0;
  return modrm + immediate;
}

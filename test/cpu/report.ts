/** A difference between the processors, with all that is needed to look into it. */
import type { Case } from './generate.ts';
import { plainSetup } from './oracle.ts';

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0');

/** Code bytes, row names, state before, and the differing lines. */
export function describeCase(
  { snippet, encodings, address }: Case,
  lines: readonly string[],
  seed: number,
  index: number,
  setup = plainSetup,
): string {
  const { code, offset, gpr, eflags, fx, patches } = snippet;
  const bytes = Array.from(code, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const names = encodings.map(({ row }) => `${row.name} ${row.operands} (${row.code})`).join('; ');
  const registers = REGISTERS.map((name, i) => `${name}=${hex(gpr[i])}`).join(' ');
  const patched: string[] = [];
  for (let i = 0; patches && i < patches.length && i < 16; i += 2)
    patched.push(`[${hex(patches[i])}]=${hex(patches[i + 1])}`);
  return [
    `seed ${seed} case ${index}: ${bytes}   ${names}`,
    `  before: eip=${hex(0x10000000 + offset)} ${registers} eflags=${hex(eflags)} operand=${hex(address)}`,
    patched.length > 0 ? `  memory: ${patched.join(' ')}` : '',
    fx ? `  fx: ${fxText(fx)}` : '',
    setup === plainSetup ? '' : `  segments: ${JSON.stringify(setup)}`,
    ...lines.map((line) => `  ${line}`),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function fxText(image: Uint8Array): string {
  const words = new Uint32Array(image.buffer, image.byteOffset, 128);
  const st = Array.from(
    { length: 8 },
    (_, i) => `${(words[10 + 4 * i] & 0xffff).toString(16)}:${hex(words[9 + 4 * i])}${hex(words[8 + 4 * i])}`,
  );
  return `fcw=${(words[0] & 0xffff).toString(16)} fsw=${(words[0] >>> 16).toString(16)} tags=${(words[1] & 0xff).toString(16)} mxcsr=${hex(words[6])} st: ${st.join(' ')}`;
}

/** Why an instruction raised #UD, in words. */
import { disassemble } from '../machine/disassemble.ts';
import { MODELS, type Model } from '../machine/model.ts';

/** An instruction that raised #UD. */
export interface Undefined {
  readonly address: number;
  /** The bytes from there on. */
  readonly bytes: Uint8Array;
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** One line: where, which bytes, which instruction, and which processor model has it, if any. */
export function explainUndefined({ address, bytes }: Undefined, model: Model): string {
  const where = `0x${(address >>> 0).toString(16).padStart(8, '0')}`;
  for (const other of Object.values(MODELS)) {
    const line = disassemble(bytes, address, true, other);
    if (line.text.startsWith('(')) continue;
    const what = `${where}: ${hex(line.bytes)}  ${line.text}`;
    if (other === model || disassemble(bytes, address, true, model).text === line.text) return what;
    return `${what}: not in ${model.title}. ${other.title} has it: --cpu ${other.name}`;
  }
  return `${where}: ${hex(bytes.subarray(0, 8))} ...  no instruction of any processor model here`;
}

/** A few i386 instructions as bytes, and ELF files around them: hostile programs must be there without a compiler too. */
import { EHDR, ELFMAG, EM_386, ET_EXEC, PHDR, PT_LOAD } from '../../src/abi/elf.ts';

/** Where the text of a made program lies; its data follow at the next page. */
export const TEXT = 0x08048000;

export const REG = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;
export type Reg = keyof typeof REG;

/** Machine code that grows at its end; jumps name labels. */
export class Code {
  readonly bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #jumps: { at: number; label: string }[] = [];

  emit(...bytes: number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  word(value: number): this {
    return this.emit(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  }

  label(name: string): this {
    this.#labels.set(name, this.bytes.length);
    return this;
  }

  /** MOV reg, imm32. */
  move(to: Reg, value: number): this {
    return this.emit(0xb8 + REG[to]).word(value);
  }

  /** MOV reg, reg. */
  copy(to: Reg, from: Reg): this {
    return this.emit(0x89, 0xc0 | (REG[from] << 3) | REG[to]);
  }

  /** MOV reg, [address]. */
  load(to: Reg, address: number): this {
    return this.emit(0x8b, 0x05 | (REG[to] << 3)).word(address);
  }

  /** MOV [address], reg. */
  store(address: number, from: Reg): this {
    return this.emit(0x89, 0x05 | (REG[from] << 3)).word(address);
  }

  /** A system call with constant arguments in EBX, ECX, EDX, ESI, EDI. */
  call(number: number, ...args: number[]): this {
    const registers = ['ebx', 'ecx', 'edx', 'esi', 'edi'] as const;
    for (const [n, value] of args.entries()) this.move(registers[n], value);
    return this.move('eax', number).emit(0xcd, 0x80);
  }

  /** A near jump: JMP, or Jcc by its condition nibble. */
  jump(label: string, condition?: number): this {
    if (condition === undefined) this.emit(0xe9);
    else this.emit(0x0f, 0x80 | condition);
    this.#jumps.push({ at: this.bytes.length, label });
    return this.word(0);
  }

  /** Offset of a label. */
  at(label: string): number {
    const offset = this.#labels.get(label);
    if (offset === undefined) throw new Error(`no label ${label}`);
    return offset;
  }

  /** The finished code. */
  finish(): number[] {
    for (const { at, label } of this.#jumps) {
      const distance = this.at(label) - (at + 4);
      for (let n = 0; n < 4; n++) this.bytes[at + n] = (distance >>> (n * 8)) & 255;
    }
    return this.bytes;
  }
}

export interface Part {
  readonly address: number;
  readonly bytes: ArrayLike<number>;
  readonly size?: number;
  /** PF_* bits. */
  readonly flags: number;
}

/** An ELF file of these segments; the first holds the headers too when its address leaves room (TEXT + 0x1000 and so on do not). */
export function elf(entry: number, parts: readonly Part[]): Uint8Array {
  const heads = EHDR.size + parts.length * PHDR.size;
  let end = Math.ceil(heads / 4096) * 4096;
  const offsets = parts.map((part) => {
    const offset = end + (part.address & 4095);
    end = Math.ceil((offset + part.bytes.length) / 4096) * 4096;
    return offset;
  });
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  const { at } = EHDR;
  view.setUint32(0, ELFMAG, true);
  file.set([1, 1, 1], 4);
  view.setUint16(at.e_type, ET_EXEC, true);
  view.setUint16(at.e_machine, EM_386, true);
  view.setUint32(at.e_version, 1, true);
  view.setUint32(at.e_entry, entry, true);
  view.setUint32(at.e_phoff, EHDR.size, true);
  view.setUint16(at.e_ehsize, EHDR.size, true);
  view.setUint16(at.e_phentsize, PHDR.size, true);
  view.setUint16(at.e_phnum, parts.length, true);
  for (const [n, part] of parts.entries()) {
    const base = EHDR.size + n * PHDR.size;
    view.setUint32(base + PHDR.at.p_type, PT_LOAD, true);
    view.setUint32(base + PHDR.at.p_offset, offsets[n], true);
    view.setUint32(base + PHDR.at.p_vaddr, part.address, true);
    view.setUint32(base + PHDR.at.p_paddr, part.address, true);
    view.setUint32(base + PHDR.at.p_filesz, part.bytes.length, true);
    view.setUint32(base + PHDR.at.p_memsz, part.size ?? part.bytes.length, true);
    view.setUint32(base + PHDR.at.p_flags, part.flags, true);
    view.setUint32(base + PHDR.at.p_align, 4096, true);
    file.set(Array.from(part.bytes), offsets[n]);
  }
  return file;
}

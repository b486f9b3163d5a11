/** Our processor doing what the snippet server does: one snippet at a time, on the same pages, at CPL 3. */
import { setFlagsFromString } from 'node:v8';
import type { Cpu } from '../../src/machine/cpu.ts';
import { hasErrorCode, PF } from '../../src/machine/fault.ts';
import { ARITHMETIC, getFlags, setArithmetic } from '../../src/machine/flags.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { updateMode } from '../../src/machine/segments.ts';
import * as st from '../../src/machine/state.ts';
import { STOP_RING0 } from '../../src/machine/stop.ts';
import { loadFx, storeFx } from './fx.ts';
import { layout, plainSetup, type Setup, type Snippet } from './oracle.ts';
import { type Result, whetherLeft } from './result.ts';
import { boot, FRAMES, HANDLERS, KERNEL, loadSetup } from './surroundings.ts';

const { RAM } = st;

// Most snippets end with a fault that is thrown out of the machine's loop. V8's baseline code finds out where it was by
// going through a table as long as the function, 40 us for the loop; its interpreter just knows.
setFlagsFromString('--no-sparkplug');

/** Words that are compared at once. */
const CHUNK = 512;
/** Instructions that a snippet may execute before it counts as endless. */
const PATIENCE = 64;
const WORDS = (layout.dataSize + layout.stackSize) >> 2;

/** Writable pages as they are now; `first` is their index in `before`, and `old` their bytes there. */
interface Region {
  readonly address: number;
  readonly words: Int32Array;
  readonly first: number;
  readonly bytes: Buffer;
  readonly old: Buffer;
}
const bytesOf = (words: Int32Array) => Buffer.from(words.buffer, words.byteOffset, words.byteLength);

export class Ours {
  readonly cpu: Cpu;
  private readonly machine: Machine;
  /** All state words as they are before a snippet, apart from what the snippet says. */
  private fresh = new Int32Array(0);
  /** The writable pages, data then stack, before the current snippet. */
  private readonly before = new Int32Array(WORDS);
  /** Whether the last snippet left CS and SS flat: the snippet server can leave a snippet only then. */
  isFlat = true;
  private image = new Int32Array(0);
  private readonly writable: readonly Region[];

  constructor(model = 'pentium4') {
    this.machine = new Machine(0x40000, MODELS[model]);
    this.cpu = this.machine.cpu;
    const region = (address: number, frame: number, size: number, first: number): Region => {
      const words = this.cpu.s.subarray((RAM + frame) >> 2, (RAM + frame + size) >> 2);
      const old = this.before.subarray(first, first + (size >> 2));
      return { address, words, first, bytes: bytesOf(words), old: bytesOf(old) };
    };
    this.writable = [
      region(layout.data, FRAMES.data, layout.dataSize, 0),
      region(layout.stack, FRAMES.stack, layout.stackSize, layout.dataSize >> 2),
    ];
    boot(this.cpu);
    this.setSegments(plainSetup);
  }

  /** Makes the segments those of a batch. */
  setSegments(setup: Setup): void {
    this.cpu.s.set(this.fresh);
    loadSetup(this.cpu, setup);
    this.fresh = this.cpu.s.slice(0, st.TLB);
  }

  /** Takes the memory image of a batch (see `imageSize`). */
  setImage(image: Uint8Array): void {
    const { memory } = this.cpu;
    const { dataSize, fixedSize, stackSize } = layout;
    memory.write(FRAMES.data, image, 0, dataSize + fixedSize);
    memory.write(FRAMES.stack, image, dataSize + fixedSize, stackSize);
    const words = new Int32Array(image.buffer, image.byteOffset, image.length >> 2);
    this.image = new Int32Array(WORDS);
    this.image.set(words.subarray(0, dataSize >> 2));
    this.image.set(words.subarray((dataSize + fixedSize) >> 2), dataSize >> 2);
    this.before.set(this.image);
    memory.fill(FRAMES.code, 0xcc, layout.codeSize);
  }

  /** Runs one snippet of `count` instructions on the current image. */
  run(snippet: Snippet, count: number): Result {
    const { cpu } = this;
    const { s, memory } = cpu;
    memory.write(FRAMES.code + snippet.offset, snippet.code, 0, snippet.code.length);
    this.patch(snippet);
    s.set(this.fresh);
    s.set(snippet.gpr);
    const start = layout.code - s[st.BASE + st.CS] + snippet.offset;
    s[st.EIP] = start;
    s[st.FLAGS] = (snippet.eflags & ~ARITHMETIC) | 2;
    setArithmetic(s, snippet.eflags);
    if (snippet.fx) loadFx(s, snippet.fx);
    cpu.attention = false;
    cpu.stop = -1;
    cpu.shadow = false;
    cpu.debugHits = 0;
    updateMode(cpu);
    this.isFlat = true;
    const result = whetherLeft(
      snippet,
      this.go(start, start + snippet.code.length, count),
      layout.code - start + snippet.offset,
    );
    result.fx = snippet.wantFx ? storeFx(s) : undefined;
    result.changes = this.collect(snippet);
    memory.fill(FRAMES.code + snippet.offset, 0xcc, snippet.code.length);
    return result;
  }

  private go(start: number, end: number, count: number): Result {
    const { s } = this.cpu;
    for (let i = 0; i < PATIENCE; i++) {
      const eip = s[st.EIP] >>> 0;
      this.isFlat = s[st.BASE + st.SS] === 0 && s[st.SELECTOR + st.CS] === this.fresh[st.SELECTOR + st.CS];
      if (eip < start || eip >= end) return this.result(-1, 0, 0);
      if (this.machine.execute(i === 0 ? count : 1) === STOP_RING0) return this.fromRing0();
    }
    return this.result(-2, 0, 0);
  }

  /** The program has gone through a gate: takes back what it was from the ring-0 stack. */
  private fromRing0(): Result {
    const { s, memory } = this.cpu;
    const vector = s[st.EIP] - (HANDLERS | 0);
    let frame = s[st.ESP] - (KERNEL | 0);
    const error = hasErrorCode(vector) ? memory.load32(frame) : 0;
    if (hasErrorCode(vector)) frame += 4;
    const result = this.result(vector, error, vector === PF ? s[st.CR2] : 0);
    result.eip = memory.load32(frame) >>> 0;
    result.eflags = memory.load32(frame + 8);
    result.gpr[4] = memory.load32(frame + 12);
    return result;
  }

  private result(vector: number, error: number, address: number): Result {
    const { s } = this.cpu;
    return {
      vector,
      error,
      address: address >>> 0,
      gpr: new Uint32Array(s.subarray(0, 8)),
      eip: s[st.EIP] >>> 0,
      eflags: getFlags(s),
      selectors: Uint32Array.of(
        s[st.SELECTOR + st.DS],
        s[st.SELECTOR + st.ES],
        s[st.SELECTOR + st.FS],
        s[st.SELECTOR + st.GS],
      ),
      fx: undefined,
      changes: new Uint32Array(0),
    };
  }

  private patch({ patches }: Snippet): void {
    if (!patches) return;
    const { view } = this.cpu;
    const before = new DataView(this.before.buffer);
    for (let i = 0; i < patches.length; i += 2) {
      before.setUint32(shadow(patches[i]), patches[i + 1], true);
      view.setUint32(RAM + physical(patches[i]), patches[i + 1], true);
    }
  }

  /** Changed words as {address, word}, with memory put back. */
  private collect({ patches }: Snippet): Uint32Array {
    const changes: number[] = [];
    const { before } = this;
    for (const { address, words, first, bytes, old } of this.writable) {
      // As good as always a snippet has left nearly all of it alone.
      for (let chunk = 0; chunk < words.length; chunk += CHUNK) {
        const [from, to] = [4 * chunk, 4 * (chunk + CHUNK)];
        if (bytes.compare(old, from, to, from, to) === 0) continue;
        for (let i = chunk; i < chunk + CHUNK; i++) {
          if (words[i] === before[first + i]) continue;
          changes.push(address + 4 * i, words[i]);
          words[i] = before[first + i];
        }
      }
    }
    for (let i = 0; patches && i < patches.length; i += 2) {
      // A patch may be unaligned: both words that it touches go back.
      for (const index of [shadow(patches[i]) >> 2, (shadow(patches[i]) + 3) >> 2]) {
        const { words, first } = this.writable[index < this.writable[1].first ? 0 : 1];
        words[index - first] = this.before[index] = this.image[index];
      }
    }
    return Uint32Array.from(changes);
  }
}

/** Byte offset in `before` of a writable address. */
function shadow(address: number): number {
  return address >= layout.stack ? address - layout.stack + layout.dataSize : address - layout.data;
}
function physical(address: number): number {
  return address >= layout.stack ? address - layout.stack + FRAMES.stack : address - layout.data + FRAMES.data;
}

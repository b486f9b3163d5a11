import { afterAll, describe, expect, it } from 'vitest';
import { imageSize, layout, type Oracle, openOracle, plainSetup, type Snippet, whyNoOracle } from './oracle.ts';

const missing = whyNoOracle();

function snippet(code: number[], more: Partial<Snippet> = {}): Snippet {
  const gpr = Uint32Array.of(1, 2, 3, 4, layout.stack + 0x1000, 6, layout.data, 8);
  return { code: Uint8Array.from(code), offset: 0x100, gpr, eflags: 0x202, ...more };
}

describe.skipIf(missing)(`the real processor as the oracle${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const oracle: Oracle = missing ? (undefined as never) : openOracle();
  afterAll(() => oracle?.close());
  const image = new Uint8Array(imageSize);
  const run = (...snippets: Snippet[]) => oracle.run(image, snippets);

  it('runs a snippet to its end: add eax, ecx', () => {
    const [outcome] = run(snippet([0x01, 0xc8], { gpr: Uint32Array.of(0xffffffff, 1, 0, 0, 0, 0, 0, 0) }));
    expect(outcome?.signal).toBe(0);
    expect(outcome?.gpr[0]).toBe(0);
    expect(outcome?.eip).toBe(layout.code + 0x102);
    expect(outcome?.eflags).toBe(0x257); // CF, bit 1, PF, AF, ZF, IF
    expect([...(outcome?.selectors ?? [])]).toEqual([0x2b, 0x2b, 0x0f, 0x17]);
  });

  it('reports changed words and forgets them for the next snippet', () => {
    const patched = snippet([0xff, 0x06], { patches: Uint32Array.of(layout.data, 0xffff) }); // inc dword [esi]
    const [first, second, third] = run(patched, snippet([0xff, 0x06]), snippet([0x8b, 0x06]));
    expect([...(first?.changes ?? [])]).toEqual([layout.data, 0x10000]);
    expect([...(second?.changes ?? [])]).toEqual([layout.data, 1]);
    expect(third?.gpr[0]).toBe(0);
  });

  it('reports faults with vector, error code and address', () => {
    const esi = (value: number) => ({ gpr: Uint32Array.of(1, 2, 3, 4, 5, 6, value, 8) });
    const [write, read, ud, div, end, loop, segment] = run(
      snippet([0x89, 0x06], esi(layout.fixed)),
      snippet([0x8b, 0x06], esi(layout.fixed + layout.fixedSize - 2)),
      snippet([0x0f, 0x0b]),
      snippet([0xf7, 0xf7], { gpr: new Uint32Array(8) }),
      snippet([0xb8, 1, 2], { offset: 0xffd }),
      snippet([0xeb, 0xfe]),
      snippet([0x64, 0x8b, 0x06], esi(plainSetup.fs.limit - 2)),
    );
    expect(write).toMatchObject({ signal: 11, trap: 14, error: 7, cr2: layout.fixed, eip: layout.code + 0x100 });
    expect(read).toMatchObject({ signal: 11, trap: 14, error: 4, cr2: 0x20003000 });
    expect(ud).toMatchObject({ signal: 4, trap: 6 });
    expect(div).toMatchObject({ signal: 8, trap: 0 });
    expect(end).toMatchObject({ signal: 11, trap: 14, error: 0x14, cr2: layout.code + 0x1000 });
    expect(loop).toMatchObject({ signal: 26, eip: layout.code + 0x100 });
    expect(segment).toMatchObject({ signal: 11, trap: 13, error: 0 });
  });

  it('loads and stores the x87 and SSE state', () => {
    const fx = new Uint8Array(512);
    fx.set([0x7f, 3], 0); // control word
    fx.set([0x80, 0x1f], 24); // MXCSR
    fx.fill(0xab, 160, 176); // XMM0
    const [plain, loaded, faulted] = run(
      snippet([0xd9, 0xe8], { wantFx: true }), // fld1
      snippet([0x0f, 0x28, 0xc8], { fx, wantFx: true }), // movaps xmm1, xmm0
      snippet([0xd9, 0xe8, 0x0f, 0x0b], { fx, wantFx: true }), // fld1; ud2
    );
    expect([...(plain?.fx?.subarray(4, 5) ?? [])]).toEqual([0x80]); // abridged tag word: R7 in use
    expect([...(plain?.fx?.subarray(32, 42) ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f]);
    expect(loaded?.fx?.subarray(176, 192).every((byte) => byte === 0xab)).toBe(true);
    expect(faulted?.trap).toBe(6);
    expect([...(faulted?.fx?.subarray(32, 42) ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f]);
  });
});

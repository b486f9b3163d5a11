import type { Outside } from '../../src/host/host.ts';

/** The surroundings of a run in a test: nothing to read, what is written goes to `write`, and the clock begins in 2000. */
export function quiet(write: (text: string) => void): Pick<Outside, 'streams' | 'bootTime' | 'seed' | 'live'> {
  const sink = {
    kind: 'pipe' as const,
    size: [24, 80] as const,
    *read() {
      return new Uint8Array(0);
    },
    *write(bytes: Uint8Array) {
      write(Buffer.from(bytes).toString('latin1'));
      return 0;
    },
  };
  return { streams: [{ ...sink, kind: 'null' }, sink, sink], bootTime: 946_684_800e9, seed: 1, live: () => false };
}

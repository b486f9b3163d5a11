/** The columns of the tables in the READMEs of the mechanisms: X, H, C, A, P, F, M. */
export const COLUMNS = [
  'crossings',
  'hostCalls',
  'taskSwitches',
  'pageTableSwitches',
  'ptraceRequests',
  'signalFrames',
  'mapCalls',
] as const;

/** Figures in the order of COLUMNS. */
export type Row = readonly [number, number, number, number, number, number, number];

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

/** Where a script carries the guest kernel segments are changed too: X, H, C, A, G, P, F, M. */
export const SCRIPT_COLUMNS = [
  'crossings',
  'hostCalls',
  'taskSwitches',
  'pageTableSwitches',
  'segmentChanges',
  'ptraceRequests',
  'signalFrames',
  'mapCalls',
] as const;

/** Figures in the order of SCRIPT_COLUMNS. */
export type ScriptRow = readonly [number, number, number, number, number, number, number, number];

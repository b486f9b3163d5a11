/** The word with which this program is started to measure for another. */
export const WORKER = 'measure-for-compare';

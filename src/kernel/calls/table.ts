import type { Row } from '../call.ts';

export const CALLS: (Row | undefined)[] = [];

import type { Row } from '../call.ts';
import { fileDescriptorCalls } from './file-descriptor.ts';
import { fileDirectoryCalls } from './file-directory.ts';
import { fileOpenCalls } from './file-open.ts';
import { fileStatCalls } from './file-stat.ts';
import { fileTransferCalls } from './file-transfer.ts';

/** All calls of the files service. */
export const fileCalls: readonly Row[] = [
  ...fileTransferCalls,
  ...fileOpenCalls,
  ...fileDescriptorCalls,
  ...fileStatCalls,
  ...fileDirectoryCalls,
];

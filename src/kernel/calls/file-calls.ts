import type { Row } from '../call.ts';
import { fileAllocateCalls } from './file-allocate.ts';
import { fileAttributeCalls } from './file-attribute.ts';
import { fileDescriptorCalls } from './file-descriptor.ts';
import { fileDirectoryCalls } from './file-directory.ts';
import { fileFcntlCalls } from './file-fcntl.ts';
import { fileHandleCalls } from './file-handle.ts';
import { fileIoctlCalls } from './file-ioctl.ts';
import { fileKindCalls } from './file-kinds.ts';
import { fileLockCalls } from './file-lock.ts';
import { fileMountCalls } from './file-mount.ts';
import { fileNameCalls } from './file-name.ts';
import { fileOpenCalls } from './file-open.ts';
import { filePollCalls } from './file-poll.ts';
import { fileSpliceCalls } from './file-splice.ts';
import { fileStatCalls } from './file-stat.ts';
import { fileSystemCalls } from './file-system.ts';
import { fileTransferCalls } from './file-transfer.ts';
import { fileXattrCalls } from './file-xattr.ts';

/** All calls of the files service. */
export const fileCalls: readonly Row[] = [
  ...fileTransferCalls,
  ...fileOpenCalls,
  ...fileDescriptorCalls,
  ...fileFcntlCalls,
  ...fileIoctlCalls,
  ...fileLockCalls,
  ...fileSpliceCalls,
  ...fileStatCalls,
  ...fileDirectoryCalls,
  ...fileNameCalls,
  ...fileMountCalls,
  ...fileAttributeCalls,
  ...fileXattrCalls,
  ...filePollCalls,
  ...fileSystemCalls,
  ...fileAllocateCalls,
  ...fileHandleCalls,
  ...fileKindCalls,
];

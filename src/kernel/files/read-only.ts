import { EROFS } from '../../abi/errno.ts';
import type { Kernel, LowerStat } from '../platform.ts';

/** The half of a LowerTree that changes it, for trees that are never written: -EROFS. */
export abstract class ReadOnlyTree {
  readonly writable = false;

  *write(): Kernel<number> {
    return -EROFS;
  }
  *truncate(): Kernel<number> {
    return -EROFS;
  }
  *create(): Kernel<LowerStat | number> {
    return -EROFS;
  }
  *remove(): Kernel<number> {
    return -EROFS;
  }
  *link(): Kernel<number> {
    return -EROFS;
  }
  *rename(): Kernel<number> {
    return -EROFS;
  }
  *setattr(): Kernel<number> {
    return -EROFS;
  }
}

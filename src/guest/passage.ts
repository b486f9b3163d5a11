import { RESUME } from '../abi/ktrace.ts';
import type { Below } from '../kernel/platform.ts';

/** The application is to run: by one of the ways out in the image, unless a signal has come. */
export class Passage implements Below {
  readonly kind = 'below';
  /** Linear address of the kernel page. */
  readonly kernelPage: number;
  /** Offset of the way in the image: GO, INNER_GO or GATE_GO. */
  way = 0;
  /** ESP that it wants; undefined: as it is. */
  readonly frame: number | undefined;
  /** The call that the first two make. */
  readonly number = RESUME;

  constructor(kernelPage: number, frame?: number) {
    this.kernelPage = kernelPage;
    this.frame = frame;
  }

  /** Makes this the way to yield. */
  by(way: number): this {
    this.way = way;
    return this;
  }
}

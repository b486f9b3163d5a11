/** Exit codes of nestlab itself, chosen as env(1) and chroot(1) choose theirs; all others are the program's own. */
export const EXIT = {
  ok: 0,
  /** `check` found something that is not supported. */
  unsupported: 1,
  /** --audit found the kernel's own books wrong. */
  audit: 124,
  /** nestlab could not do what it was asked: bad options, an unreadable root, a broken machine. */
  failure: 125,
  /** The program was found but cannot be executed. */
  cannotExecute: 126,
  /** There is no such program. */
  notFound: 127,
  /** 128 + n: the program was ended by signal n. */
  signal: 128,
} as const;

/** A mistake of the user, told in one line: what, where, why, and what to do next. */
export class Failure extends Error {
  readonly code: number;

  constructor(message: string, code: number = EXIT.failure) {
    super(message);
    this.code = code;
  }
}

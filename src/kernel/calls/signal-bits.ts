import { SIGKILL, SIGSTOP } from '../../abi/signals.ts';
import { SignalSet } from '../signals/set.ts';

/** Bytes of sigset_t, which the rt calls are told, and of siginfo_t. */
export const SIGSET = 8;
export const INFO_SIZE = 128;
/** The low word of the signals that can be neither blocked nor caught. */
export const KILL_STOP = SignalSet.of(SIGKILL, SIGSTOP).lo;

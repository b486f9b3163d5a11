import * as sig from '../../abi/signals.ts';
import type { Events } from '../../kernel/platform.ts';

/** Signals of this process that are handed to the program; a terminal's keys arrive as bytes instead. */
const HANDED = {
  SIGINT: sig.SIGINT,
  SIGTERM: sig.SIGTERM,
  SIGHUP: sig.SIGHUP,
  SIGQUIT: sig.SIGQUIT,
  SIGUSR1: sig.SIGUSR1,
  SIGUSR2: sig.SIGUSR2,
  SIGTSTP: sig.SIGTSTP,
} as const satisfies Partial<Record<NodeJS.Signals, number>>;

/**
 * Gives the terminal of this process to the run: keys unprocessed (where `keys` come from it), changes of its size told, signals handed on. Returns
 * how to give it back for a while (`suspend`, until this process is continued) and for good (`release`).
 */
export function takeTerminal(
  events: Events,
  keys: boolean,
): { readonly suspend: () => Promise<void>; readonly release: () => void } {
  const { stdin, stdout } = process;
  const raw = (on: boolean): void => {
    if (keys) stdin.setRawMode(on);
  };
  const resize = (): void => events.resize(stdout.rows, stdout.columns);
  const handlers = Object.entries(HANDED).map(([name, number]) => {
    const handler = (): void => events.signal(number);
    process.on(name as NodeJS.Signals, handler);
    return { name: name as NodeJS.Signals, handler };
  });
  let resume = (): void => {};
  const goOn = (): void => {
    // Whoever had the terminal meanwhile left it in a mode of his own: Node.js must be made to set ours again.
    raw(false);
    raw(true);
    if (stdout.isTTY) resize();
    resume();
  };
  raw(true);
  if (stdout.isTTY) stdout.on('resize', resize);
  process.on('SIGCONT', goOn);
  return {
    suspend: () =>
      new Promise((resolve) => {
        resume = resolve;
        raw(false);
        process.kill(process.pid, 'SIGSTOP');
      }),
    release: () => {
      raw(false);
      stdout.off('resize', resize);
      process.off('SIGCONT', goOn);
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}

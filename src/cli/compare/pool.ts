/** Measures on several processors: every measurement is a function of its order, so who makes it does not matter. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Measured, measure, type Order } from '../../lab/compare/measure.ts';
import { Failure } from '../failure.ts';
import { EmbeddedTree, programsFolder } from '../tree/embedded.ts';
import { WORKER } from './worker.ts';

const MOST_WORKERS = 8;
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Measures here. */
export function measureHere(order: Order): readonly Measured[] {
  return measure(order, (memory) => new EmbeddedTree(programsFolder(), memory));
}

/** A worker's whole life: an order comes, its answer goes, until the other side has gone. */
export async function work(): Promise<void> {
  if (!process.connected) throw new Failure(`${WORKER}: this is a part of: nestlab compare`);
  process.on('message', (order: Order) => {
    const answers = measureHere(order);
    // Who asked may have gone meanwhile.
    if (process.connected) process.send!(answers);
  });
  await new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
}

/** The answers to all orders, in their order and that of their depths; `told` is called when one is about to be measured. */
export async function measureAll(orders: readonly Order[], told: (order: Order) => void): Promise<readonly Measured[]> {
  const count = Math.min(availableParallelism(), MOST_WORKERS, orders.length);
  if (count < 2) {
    return orders.flatMap((order) => {
      told(order);
      return measureHere(order);
    });
  }
  const workers = Array.from({ length: count }, () => fork(process.argv[1], [WORKER], { stdio: 'inherit' }));
  const end = (): void => {
    for (const worker of workers) worker.kill('SIGKILL');
  };
  // A worker in the middle of a run hears nothing: it ends with us.
  const stop = (signal: NodeJS.Signals): void => {
    end();
    for (const other of ENDING) process.off(other, stop);
    process.kill(process.pid, signal);
  };
  for (const signal of ENDING) process.on(signal, stop);
  try {
    return await shareOut(workers, orders, told);
  } finally {
    for (const signal of ENDING) process.off(signal, stop);
    end();
  }
}

function shareOut(
  workers: readonly ChildProcess[],
  orders: readonly Order[],
  told: (order: Order) => void,
): Promise<readonly Measured[]> {
  const answers: (readonly Measured[])[] = [];
  let next = 0;
  let left = orders.length;
  return new Promise((resolve, reject) => {
    for (const worker of workers) {
      let current = -1;
      const give = (): void => {
        if (next === orders.length) return;
        current = next++;
        told(orders[current]);
        worker.send(orders[current]);
      };
      worker.on('message', (answer: readonly Measured[]) => {
        answers[current] = answer;
        left--;
        if (left === 0) resolve(answers.flat());
        else give();
      });
      worker.on('error', (error) => reject(new Failure(`compare: no process to measure in (${error.message})`)));
      worker.on('exit', (code, signal) => {
        if (left === 0) return;
        const { operation, tower } = orders[Math.max(0, current)];
        const what = `${operation} on ${tower}`;
        reject(
          new Failure(
            `compare: the process that measured ${what} ended (${signal ?? code}). Try it alone: nestlab compare --programs ${operation}`,
          ),
        );
      });
      give();
    }
  });
}

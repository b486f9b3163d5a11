/** A script of the user of a run: it sees every thread of every kernel, at all depths. */

import { KTRACE_CHILDREN, KTRACE_PROCESS, MODE_APP } from '../../abi/ktrace.ts';
import type { Run } from '../../host/boot.ts';
import type { Task } from '../../kernel/tasks/task.ts';
import type { MapTable } from '../../ktrace/maps.ts';
import { mapsJson, mapsText } from '../../ktrace/output.ts';
import { CROSSINGS } from '../../ktrace/probes.ts';
import { Registration } from '../../ktrace/registration.ts';
import type { Script } from '../../ktrace/script.ts';
import { Scripts } from '../../ktrace/scripts.ts';

export class Session {
  readonly #registration: Registration;
  readonly #script: Script;
  /** The first thread on the host kernel. */
  #first: Task | undefined;

  constructor(script: Script) {
    this.#script = script;
    this.#registration = new Registration(script, undefined);
  }

  /** Watches the first thread of a kernel, and so all that come of it. */
  readonly watch = (first: Task): void => {
    this.#first ??= first;
    this.#registration.attach(first, KTRACE_PROCESS | KTRACE_CHILDREN, MODE_APP);
  };

  /** Hears of crossings from the machine, where the script wants to know. */
  install({ machine }: Run): void {
    if (!this.#script.clauses.some(({ kind }) => kind === 'crossing')) return;
    machine.ledger.trace(
      () => machine.cpu.retiredNow(),
      (event, _detail, depth) => {
        // The crossings are the first of the events.
        if (event >= CROSSINGS.length || depth !== 0) return;
        const task = this.#first?.system.scheduler.running;
        if (task?.probes instanceof Scripts) task.probes.crossed(task, event);
      },
    );
  }

  get maps(): readonly MapTable[] {
    return this.#script.maps;
  }

  /** What the maps hold, as text or one JSON object a line; '' where there are none. */
  text(json: boolean): string {
    if (this.maps.length === 0) return '';
    return json ? `${mapsJson(this.maps).join('\n')}\n` : mapsText(this.maps);
  }
}

/** Guest kernels in guest kernels: the probes, or a third at depth 2 and a dozen at depth 3 (NESTLAB_CONFORMANCE=full). */
import { conform } from './conform.ts';
import { CASES, PROBES } from './embedded.ts';
import { deepSample, FULL, thrice, twice } from './plan.ts';
import { SOURCES } from './sources.ts';

const all = [...PROBES, ...CASES, ...SOURCES];

conform('depth 2 to 4', FULL ? [...twice(all), ...thrice(all), ...deepSample(PROBES)] : deepSample(PROBES));

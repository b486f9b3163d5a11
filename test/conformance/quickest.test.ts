/** Every program of the earlier tests at depth 1 prints and ends as on the real kernel. */
import { conform } from './conform.ts';
import { CASES, PROBES } from './embedded.ts';
import { everything } from './plan.ts';
import { SOURCES } from './sources.ts';

conform('depth 1', everything([...PROBES, ...CASES, ...SOURCES]));

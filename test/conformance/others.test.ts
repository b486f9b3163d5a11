/** The other towers at depth 1: a sample, or everything (NESTLAB_CONFORMANCE=full). */
import { conform } from './conform.ts';
import { CASES, PROBES } from './embedded.ts';
import { others } from './plan.ts';
import { SOURCES } from './sources.ts';

conform('depth 1', others([...PROBES, ...CASES, ...SOURCES]));

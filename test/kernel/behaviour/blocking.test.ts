import { behaviour } from './behaviour.ts';

behaviour({ interrupt: 483, events: 310, ipc: 184, races: 50 });

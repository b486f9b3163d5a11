import { behaviour } from './behaviour.ts';

behaviour({ interrupt: 588, events: 310, ipc: 184, races: 50 });

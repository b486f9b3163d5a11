import { behaviour } from './behaviour.ts';

behaviour({ waiting: 283, processes: 285, signals: 266, faults: 114 });

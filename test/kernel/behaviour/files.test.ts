import { behaviour } from './behaviour.ts';

behaviour({ descriptors: 335, names: 455, mappings: 183, special: 125, legacy: 120 });

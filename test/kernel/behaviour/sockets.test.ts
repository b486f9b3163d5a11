import { behaviour } from './behaviour.ts';

behaviour({ sockets: 485, pointers: 600 });

import { comparePrograms } from '../programs.ts';

/** Programs of this folder: each prints what the kernel does. */
const PROGRAMS = ['event', 'epoll', 'order', 'exclusive', 'inotify'];

comparePrograms('events', import.meta.dirname, PROGRAMS);

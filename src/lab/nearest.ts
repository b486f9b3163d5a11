export { nearest } from '../abi/nearest.ts';

export { type Packing, packingOf } from './packing.js';
export { unpackFile, type UnpackLimits, UnpackRefused } from './unpack-file.js';
export { unzstd } from './unzstd.js';

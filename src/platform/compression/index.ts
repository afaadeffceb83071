export { type Packing, packingOf } from './packing.js';
export { unpackFile, type UnpackLimits, UnpackRefused } from './unpack-file.js';
export { ZstdFrames, ZstdRefused } from './zstd-frames.js';

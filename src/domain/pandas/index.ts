export { type CsvColumn, MAX_CELLS, pandasDigest } from './pandas-digest.js';

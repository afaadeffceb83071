export { type ColumnValues, ColumnChunk } from './column-chunk.js';
export { Duck } from './duck.js';
export { DuckModule } from './duckdb.module.js';
export { type DuckParameters, DuckSession } from './duck-session.js';
export { inQueries } from './in-queries.js';
export { Slots } from './slots.js';
export { type ParquetPart, rowsOfParquet, rowsOfParts } from './parquet-parts.js';
export { TextVector } from './text-vector.js';
export { identifier, literal } from './sql-text.js';

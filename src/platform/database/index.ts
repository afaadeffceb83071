export { DatabaseModule } from './database.module.js';
export { migrate, type Migrations } from './migrate.js';
export { isId } from './is-id.js';
export { newId } from './new-id.js';
export { openDatabase, type OpenOptions } from './open-database.js';
export type { OpenDatabase } from './opened-database.js';
export { APP, DATABASE, OWNER } from './roles.js';
export { Transaction, UnitOfWork } from './unit-of-work.js';
export { dumpSchema } from './schema-dump.js';

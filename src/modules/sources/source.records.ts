import { digestOf } from '../../domain/canonical/index.js';
import type { RecordKind } from '../../platform/audit/index.js';
import { lineageParts } from '../lineage/index.js';

export const DATA_SOURCE: RecordKind = { name: 'dataSource', parts: [{ table: 'data_source', key: 'id' }] };

/** One revision of a source. */
export const SOURCE: RecordKind = {
  name: 'source',
  parts: [{ table: 'data_source_revision', key: 'id' }, ...lineageParts('source')],
  witness: {
    action: 'source.revised',
    agrees: ({ data_source_revision: rows }, { revision, digest }) =>
      digestOf([rows?.[0]?.revision, rows?.[0]?.digest]) === digestOf([revision, digest]),
  },
};

export const SOURCE_RECORDS = [DATA_SOURCE, SOURCE];

import type { RecordKind } from '../audit/index.js';

export const PROJECT: RecordKind = { name: 'project', parts: [{ table: 'project', key: 'id' }] };

export const API_KEY: RecordKind = {
  name: 'apiKey',
  parts: [{ table: 'api_key', key: 'id', except: { last_used_at: 'written on use, and decides nothing' } }],
};

export const AUTH_RECORDS = [PROJECT, API_KEY];

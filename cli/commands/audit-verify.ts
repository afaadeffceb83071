import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSize, readText } from '../local-file.js';
import { CommandFailed } from '../problem.js';
import type { Session } from '../session.js';
import {
  readLines,
  RecordLedger,
  verifyExport,
  type ExportOptions,
  type VerifyReport,
} from '../verify/index.js';

export interface AuditVerifyOptions {
  /** A file with an export; one that is not there is downloaded first. */
  file?: string;
  publicKey?: string;
  since?: string;
  keep?: string;
}

/** Verifies an export offline, or the server's together with what it stores. */
export async function verifyAudit(session: Session, options: AuditVerifyOptions): Promise<VerifyReport> {
  const { file, publicKey, since, keep } = options;
  const known: ExportOptions = {
    ...(publicKey === undefined ? {} : { pinnedPublicKey: readText(publicKey) }),
    ...(since === undefined ? {} : { since: readText(since) }),
    keep: keep !== undefined,
  };
  const report =
    file !== undefined && existsSync(file)
      ? await verifyExport(linesOf(file), known)
      : await verifyOnline(session, file, known);
  if (keep !== undefined && report.checkpoint !== undefined) await writeFile(keep, report.checkpoint);
  return report;
}

async function verifyOnline(
  session: Session,
  file: string | undefined,
  known: ExportOptions,
): Promise<VerifyReport> {
  const { client } = session;
  const folder = await mkdtemp(join(tmpdir(), 'assay-audit-'));
  try {
    const [target, listing] = [file ?? join(folder, 'audit.ndjson'), join(folder, 'records.ndjson')];
    // In this order: what is stored when the listing begins has its entries in the export.
    const listed = await downloadRecords(session, listing);
    await client.download(client.projectPath('/audit/export'), target);
    if (file !== undefined) session.remark(`saved ${file}`);
    const records = listed ? { lines: linesOf(listing), ledger: new RecordLedger() } : undefined;
    return await verifyExport(linesOf(target), { ...known, records });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** False, aloud, where this key may not see them or the server is older than the listing. */
async function downloadRecords(session: Session, to: string): Promise<boolean> {
  try {
    await session.client.download(session.client.projectPath('/audit/records'), to);
    return true;
  } catch (error) {
    const status = error instanceof CommandFailed ? error.problem.status : undefined;
    if (status !== 403 && status !== 404) throw error;
    const why = status === 403 ? 'this key lacks the permission audit' : 'the server does not list them';
    session.remark(`The log alone is verified. Records and files are not held against it: ${why}.`);
    return false;
  }
}

function linesOf(file: string): AsyncIterable<string> {
  fileSize(file);
  return readLines(createReadStream(file));
}

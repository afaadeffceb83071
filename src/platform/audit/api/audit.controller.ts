import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../auth/requires.decorator.js';
import { PageArgs } from '../../http/paged.js';
import { AuditEntries } from '../audit-entries.service.js';
import { AuditExport } from '../audit-export.service.js';
import { AuditProofs } from '../audit-proofs.service.js';
import { AuditRecords } from '../audit-records.service.js';
import { proofOf } from './audit-proof.js';
import {
  AuditCheckpointModel,
  AuditConsistencyModel,
  AuditEntryPage,
  AuditProofModel,
} from './audit.model.js';
import { AuditProofArgs, ConsistencyArgs } from './audit.request.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('audit')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/audit')
export class AuditController {
  constructor(
    private readonly entries: AuditEntries,
    private readonly proofs: AuditProofs,
    private readonly exporter: AuditExport,
    private readonly records: AuditRecords,
  ) {}

  @Get('entries')
  @Requires('read')
  @ApiOperation({ summary: 'List what was done in this project, newest first' })
  @ApiOkResponse({ type: AuditEntryPage })
  list(@Query() page: PageArgs): Promise<AuditEntryPage> {
    return this.entries.list(page);
  }

  @Get('checkpoint')
  @Requires('read')
  @ApiOperation({ summary: 'The newest signed checkpoint of the log' })
  @ApiOkResponse({ type: AuditCheckpointModel })
  async checkpoint(): Promise<AuditCheckpointModel> {
    const { root, ...checkpoint } = await this.proofs.checkpoint();
    return { ...checkpoint, root: root.toString('hex') };
  }

  @Get('proof')
  @Requires('read')
  @ApiOperation({ summary: 'Proof that an entry is in the log' })
  @ApiOkResponse({ type: AuditProofModel })
  proof(@Query() wanted: AuditProofArgs): Promise<AuditProofModel> {
    return proofOf(this.proofs, wanted);
  }

  @Get('consistency')
  @Requires('read')
  @ApiOperation({ summary: 'Proof that a later log begins with an earlier one' })
  @ApiOkResponse({ type: AuditConsistencyModel })
  consistency(@Query() { from, to }: ConsistencyArgs): Promise<AuditConsistencyModel> {
    return this.proofs.consistency(from, to);
  }

  @Get('export')
  @Requires('read')
  @ApiOperation({ summary: 'The whole log as NDJSON, for `assay audit verify --export`' })
  @ApiProduces(NDJSON)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  export(): StreamableFile {
    return new StreamableFile(Readable.from(this.exporter.lines(), { objectMode: false }), { type: NDJSON });
  }

  @Get('records')
  @Requires('audit')
  @ApiOperation({
    summary: 'What is stored now as NDJSON of digests, for `assay audit verify` to hold against the log',
  })
  @ApiProduces(NDJSON)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  stored(): StreamableFile {
    return new StreamableFile(Readable.from(this.records.lines(), { objectMode: false }), { type: NDJSON });
  }
}

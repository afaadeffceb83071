import { Controller, Get, Headers, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { DigestReader } from '../digests/digest.reader.js';
import { SplitRows } from '../split-rows.js';
import { RepeatsReader } from '../repeats.reader.js';
import { DatasetVersionModel } from './dataset.model.js';
import { DuplicatesModel, RepeatedRowPage, RepeatsModel } from './repeats.model.js';
import { toDuplicates } from './to-duplicates.js';

const PARQUET = 'application/vnd.apache.parquet';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
@Controller('v1/projects/:project/dataset-versions/:ref')
export class DatasetVersionsController {
  constructor(
    private readonly splits: SplitRows,
    private readonly reader: DatasetReader,
    private readonly repeats: RepeatsReader,
    private readonly digests: DigestReader,
  ) {}

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'Show a dataset version by reference, id or digest',
    description:
      'Found too by what another tool calls it: mlflow:DIGEST, mlflow:NAME#DIGEST, openlineage:NAMESPACE#NAME#VERSION; several candidates are named and none is taken.',
  })
  @ApiOkResponse({ type: DatasetVersionModel })
  show(@Param('ref') ref: string): Promise<DatasetVersionModel> {
    return this.digests.byRef(ref);
  }

  @Get('splits/:split/rows')
  @Requires('read')
  @ApiOperation({ summary: "Download a split's rows as Parquet; of a sealed split without the label" })
  @ApiOkResponse({
    description: 'The ETag is the SHA-256 of the file.',
    content: { [PARQUET]: { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiResponse({ status: 304, description: 'If-None-Match names it.' })
  async rows(
    @Param('ref') ref: string,
    @Param('split') split: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const file = await this.splits.file(ref, split);
    const etag = `"${file.digest}"`;
    void reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (known?.includes(etag)) {
      void reply.status(304);
      return undefined;
    }
    // Names are ASCII letters, digits, dots, underscores and hyphens: nothing to escape.
    return new StreamableFile(await file.open(), {
      type: PARQUET,
      length: file.size,
      disposition: `attachment; filename="${file.filename}"`,
    });
  }

  @Get('duplicates')
  @Requires('read')
  @ApiOperation({ summary: 'Exact duplicates within each split' })
  @ApiOkResponse({ type: [DuplicatesModel] })
  async duplicates(@Param('ref') ref: string): Promise<DuplicatesModel[]> {
    const version = await this.reader.byRef(ref);
    const found = await this.repeats.byVersions([version.id]);
    return toDuplicates(found.get(version.id) ?? [], version.schema);
  }

  @Get('duplicates/:split')
  @Requires('read')
  @ApiOperation({ summary: 'The duplicated rows of a split: keys and row numbers only' })
  @ApiOkResponse({ type: RepeatedRowPage })
  async duplicatedRows(
    @Param('ref') ref: string,
    @Param('split') split: string,
    @Query() page: PageArgs,
  ): Promise<RepeatedRowPage> {
    const { id } = await this.reader.byRef(ref);
    return this.repeats.rows(id, split, split, page);
  }

  @Get('leakage')
  @Requires('read')
  @ApiOperation({ summary: 'Rows of each split that also stand in another' })
  @ApiOkResponse({ type: [RepeatsModel] })
  async leakage(@Param('ref') ref: string): Promise<RepeatsModel[]> {
    const { id } = await this.reader.byRef(ref);
    const found = await this.repeats.byVersions([id]);
    return (found.get(id) ?? []).filter(({ inSplit, foundIn }) => inSplit !== foundIn);
  }

  @Get('leakage/:from/:into')
  @Requires('read')
  @ApiParam({ name: 'from', description: 'The split where they stand first, e.g. train.' })
  @ApiParam({ name: 'into', description: 'The split whose rows are listed, e.g. holdout.' })
  @ApiOperation({ summary: 'The leaked rows of a split: keys and row numbers only' })
  @ApiOkResponse({ type: RepeatedRowPage })
  async leakedRows(
    @Param('ref') ref: string,
    @Param('from') from: string,
    @Param('into') into: string,
    @Query() page: PageArgs,
  ): Promise<RepeatedRowPage> {
    const { id } = await this.reader.byRef(ref);
    return this.repeats.rows(id, into, from, page);
  }
}

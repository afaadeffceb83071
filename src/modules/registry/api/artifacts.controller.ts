import { createReadStream } from 'node:fs';
import { Controller, Get, Headers, Param, ParseIntPipe, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../../platform/auth/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { attachment } from '../content-disposition.js';
import { ModelReader } from '../model.reader.js';
import { artifactMissing } from '../registry.errors.js';

@ApiTags('models')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/models/:name/versions/:version/artifact')
export class ArtifactsController {
  constructor(
    private readonly models: ModelReader,
    private readonly blobs: BlobStore,
  ) {}

  /** The bytes are checked against their digest before the first one is sent. */
  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'Download the artifact of a model version' })
  @ApiOkResponse({
    description: 'Its bytes; the ETag is their sha-256.',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiResponse({ status: 304, description: 'If-None-Match names it.' })
  async download(
    @Param('name') name: string,
    @Param('version', ParseIntPipe) version: number,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { artifact } = await this.models.byRef(`${name}@${version}`);
    if (!artifact) throw artifactMissing(`${name}@${version}`);
    const etag = `"${artifact.digest}"`;
    void reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (isKnown(etag, known)) {
      void reply.status(304);
      return undefined;
    }
    const path = await this.blobs.localPath(artifact.digest);
    return new StreamableFile(createReadStream(path), {
      type: 'application/octet-stream',
      length: artifact.size,
      disposition: attachment(artifact.filename),
    });
  }
}

/** Whether If-None-Match names the entity (RFC 9110, weak comparison). */
function isKnown(etag: string, header: string | undefined): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

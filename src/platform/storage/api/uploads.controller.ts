import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../../auth/requires.decorator.js';
import { AssayConfig } from '../../config/index.js';
import { InvalidInputError } from '../../errors/index.js';
import { NotReplayed } from '../../http/index.js';
import { tooLarge } from '../receive.js';
import { OCTET_STREAM, STREAMING_BODY } from '../streaming-body.js';
import { Uploads } from '../uploads.service.js';
import { UploadModel } from './upload.model.js';

const FILE = { schema: { type: 'string' as const, format: 'binary' } };

@ApiTags('uploads')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/uploads')
export class UploadsController {
  constructor(
    private readonly uploads: Uploads,
    private readonly config: AssayConfig,
  ) {}

  @Post()
  @RouteConfig(STREAMING_BODY)
  @NotReplayed()
  @Requires('contribute')
  @ApiOperation({ summary: 'Send a file: the body is its bytes' })
  @ApiConsumes(OCTET_STREAM)
  @ApiBody(FILE)
  @ApiQuery({ name: 'filename', required: false, description: 'Its name.' })
  @ApiCreatedResponse({ type: UploadModel })
  create(@Req() request: FastifyRequest, @Query('filename') filename?: string): Promise<UploadModel> {
    return this.receive(request, filename);
  }

  @Put()
  @RouteConfig(STREAMING_BODY)
  @HttpCode(201)
  @Requires('contribute')
  @ApiOperation({ summary: 'Send a file, as `curl --upload-file` does' })
  @ApiConsumes(OCTET_STREAM)
  @ApiBody(FILE)
  @ApiQuery({ name: 'filename', required: false, description: 'Its name.' })
  @ApiCreatedResponse({ type: UploadModel })
  put(@Req() request: FastifyRequest, @Query('filename') filename?: string): Promise<UploadModel> {
    return this.receive(request, filename);
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'An upload' })
  @ApiOkResponse({ type: UploadModel })
  get(@Param('id', ParseUUIDPipe) id: string): Promise<UploadModel> {
    return this.uploads.get(id);
  }

  private receive(request: FastifyRequest, filename?: string): Promise<UploadModel> {
    const { body } = request;
    if (!(body instanceof Readable)) {
      throw new InvalidInputError('UPLOAD_NOT_A_STREAM', `an upload's content-type is ${OCTET_STREAM}`, {
        remedy: `send the bytes of the file as the body, with content-type: ${OCTET_STREAM}`,
      });
    }
    // What says beforehand that it is too large need not be read.
    if (Number(request.headers['content-length'] ?? 0) > this.config.maxUploadBytes)
      throw tooLarge(this.config.maxUploadBytes);
    return this.uploads.receive(body, typeof filename === 'string' ? filename : '');
  }
}

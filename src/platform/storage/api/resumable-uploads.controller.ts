import { Readable } from 'node:stream';
import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Options,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '../../auth/requires.decorator.js';
import { AssayConfig } from '../../config/index.js';
import { UnsupportedError } from '../../errors/index.js';
import { NotReplayed } from '../../http/index.js';
import { beyondLength, type PartialUploadView } from '../resumable/partial-upload.js';
import { ResumableUploads } from '../resumable/resumable-uploads.service.js';
import * as tus from '../resumable/tus-headers.js';
import { OFFSET_OCTET_STREAM, STREAMING_BODY } from '../streaming-body.js';
import { ResumableUploadModel } from './resumable-upload.model.js';

const Spoken = () => Header('tus-resumable', tus.TUS_VERSION);
const Version = () =>
  ApiHeader({ name: 'Tus-Resumable', required: true, schema: { type: 'string', enum: [tus.TUS_VERSION] } });
const WholeNumber = (name: string, description: string, minimum: number) =>
  ApiHeader({ name, description, required: true, schema: { type: 'integer', minimum } });
const Text = (name: string, description: string) =>
  ApiHeader({ name, description, required: false, schema: { type: 'string' } });

/** Resumable uploads by the tus protocol 1.0.0: core, creation, expiration, checksum, termination. */
@ApiTags('uploads')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/resumable-uploads')
export class ResumableUploadsController {
  constructor(
    private readonly uploads: ResumableUploads,
    private readonly config: AssayConfig,
  ) {}

  @Options()
  @HttpCode(204)
  @Header('tus-version', tus.TUS_VERSION)
  @Header('tus-extension', tus.TUS_EXTENSIONS)
  @Header('tus-checksum-algorithm', tus.TUS_CHECKSUMS)
  @Spoken()
  @Requires('contribute')
  @ApiOperation({ summary: 'What is spoken of the tus protocol, in headers' })
  @ApiNoContentResponse()
  options(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('tus-max-size', this.config.maxUploadBytes);
  }

  @Post()
  @Spoken()
  @NotReplayed()
  @Requires('contribute')
  @ApiOperation({ summary: 'Begin a resumable upload (tus 1.0.0); its address is in the header Location' })
  @Version()
  @WholeNumber('Upload-Length', 'Bytes of the whole.', 1)
  @Text('Upload-Metadata', 'Names and values in base64, as of tus; `filename` is kept.')
  @ApiCreatedResponse({ type: ResumableUploadModel })
  async create(
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResumableUploadModel> {
    checkVersion(headers, reply);
    const upload = await this.uploads.create(tus.uploadFilename(headers), tus.uploadLength(headers));
    // Relative to the address of this request: whatever a proxy puts before it stays.
    return tell(upload, reply.header('location', `resumable-uploads/${upload.id}`));
  }

  /** Its HEAD is the one of the protocol. */
  @Get(':id')
  @Spoken()
  @Header('cache-control', 'no-store')
  @Requires('contribute')
  @ApiOperation({ summary: 'How far a resumable upload is' })
  @ApiOkResponse({ type: ResumableUploadModel })
  async get(
    @Param('id', ParseUUIDPipe) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResumableUploadModel> {
    return tell(await this.uploads.get(id), reply);
  }

  @Patch(':id')
  @RouteConfig(STREAMING_BODY)
  @HttpCode(204)
  @Spoken()
  @Requires('contribute')
  @ApiOperation({ summary: 'Send a part of a file; the last one makes it an upload of the same id' })
  @ApiConsumes(OFFSET_OCTET_STREAM)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Version()
  @WholeNumber('Upload-Offset', 'How many bytes the server has: those of the part follow them.', 0)
  @Text('Upload-Checksum', '`sha1` or `sha256`, a space, and the digest of the part in base64.')
  @ApiNoContentResponse()
  async append(
    @Param('id', ParseUUIDPipe) id: string,
    @Req() { headers, body }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    checkVersion(headers, reply);
    if (!(body instanceof Readable) || !headers['content-type']?.startsWith(OFFSET_OCTET_STREAM)) {
      throw new UnsupportedError(
        'MEDIA_TYPE_NOT_SUPPORTED',
        `a part's content-type is ${OFFSET_OCTET_STREAM}`,
      );
    }
    const [offset, checksum] = [tus.uploadOffset(headers), tus.uploadChecksum(headers)];
    const { size, received } = await this.uploads.get(id);
    const end = offset + Number(headers['content-length'] ?? 0);
    // What says beforehand that it is too long need not be read.
    if (offset === received && end > size) throw beyondLength(id, size);
    tell(await this.uploads.append(id, offset, body, checksum), reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @Spoken()
  @Requires('contribute')
  @ApiOperation({ summary: 'End a resumable upload that is not finished; what was sent of it goes' })
  @Version()
  @ApiNoContentResponse()
  async remove(
    @Param('id', ParseUUIDPipe) id: string,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    checkVersion(headers, reply);
    await this.uploads.remove(id);
  }
}

function checkVersion(headers: tus.Headers, reply: FastifyReply): void {
  void reply.header('tus-version', tus.TUS_VERSION);
  tus.checkVersion(headers);
}

function tell(upload: PartialUploadView, reply: FastifyReply): PartialUploadView {
  void reply.headers({
    'upload-offset': String(upload.received),
    'upload-length': String(upload.size),
    ...(upload.finished ? {} : { 'upload-expires': tus.uploadExpires(upload.expiresAt) }),
  });
  return upload;
}

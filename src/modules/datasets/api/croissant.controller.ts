import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { CROISSANT_MEDIA_TYPE } from '../croissant/croissant-context.js';
import { CroissantReader } from '../croissant/croissant.reader.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
@Controller('v1/projects/:project/dataset-versions/:ref/croissant')
export class CroissantController {
  constructor(private readonly croissant: CroissantReader) {}

  @Get()
  @Requires('read')
  @Header('content-type', CROISSANT_MEDIA_TYPE)
  @ApiOperation({ summary: 'Describe a dataset version as a Croissant 1.1 document (JSON-LD)' })
  @ApiOkResponse({
    description: 'Addresses in it are relative to its own.',
    content: { 'application/ld+json': { schema: { type: 'object', additionalProperties: true } } },
  })
  show(@Param('ref') ref: string): Promise<Record<string, unknown>> {
    return this.croissant.document(ref);
  }
}

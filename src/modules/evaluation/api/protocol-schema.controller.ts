import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PROTOCOL_SCHEMA } from '../../../domain/protocol/index.js';
import { Public } from '../../../platform/auth/index.js';

@ApiTags('evaluations')
@Controller('v1/protocol-schema')
export class ProtocolSchemaController {
  @Get()
  @Public()
  @Header('content-type', 'application/schema+json')
  @ApiOperation({ summary: 'The JSON Schema of an evaluation protocol' })
  @ApiOkResponse({
    content: { 'application/schema+json': { schema: { type: 'object', additionalProperties: true } } },
  })
  show(): object {
    return PROTOCOL_SCHEMA;
  }
}

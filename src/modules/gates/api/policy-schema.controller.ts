import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { POLICY_SCHEMA } from '../../../domain/policy/index.js';
import { Public } from '../../../platform/auth/index.js';

@ApiTags('gates')
@Controller('v1/policy-schema')
export class PolicySchemaController {
  @Get()
  @Public()
  @Header('content-type', 'application/schema+json')
  @ApiOperation({ summary: 'The JSON Schema of a gate policy' })
  @ApiOkResponse({
    content: { 'application/schema+json': { schema: { type: 'object', additionalProperties: true } } },
  })
  show(): object {
    return POLICY_SCHEMA;
  }
}

import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public, Requires } from '../../auth/requires.decorator.js';
import { Metrics } from '../metrics.service.js';
import { ReadinessService, type Readiness } from '../readiness.service.js';

const READINESS = {
  type: 'object',
  required: ['ready', 'checks'],
  properties: {
    ready: { type: 'boolean' },
    checks: {
      type: 'object',
      description: 'By part.',
      additionalProperties: {
        type: 'object',
        required: ['ok'],
        properties: { ok: { type: 'boolean' }, detail: { type: 'string' } },
      },
    },
  },
};

@ApiTags('operation')
@Controller()
export class TelemetryController {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly metrics: Metrics,
  ) {}

  @Get('health')
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Whether the process lives' })
  @ApiOkResponse({ description: '`OK`', content: { 'text/plain': { schema: { type: 'string' } } } })
  health(): string {
    return 'OK';
  }

  @Get('ready')
  @Public()
  @ApiOperation({ summary: 'Whether the process can do its work: 200 or 503' })
  @ApiOkResponse({ description: 'Every part answers.', schema: READINESS })
  @ApiServiceUnavailableResponse({
    description: 'A part does not; the body says which.',
    schema: READINESS,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.readiness.check();
    void reply.status(readiness.ready ? 200 : 503);
    return readiness;
  }

  @Get('metrics')
  @Requires('read')
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus' })
  @ApiOkResponse({
    description: 'Counters and histograms of this process.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  async prometheus(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}

import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AuditProofs } from '../../../platform/audit/index.js';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { GateDecisionReader } from '../gate-decision.reader.js';
import { GatesService } from '../gates.service.js';
import {
  FreshnessModel,
  GateAnswerModel,
  GateDecisionModel,
  GateDecisionPage,
  GateJobModel,
} from './gate-decision.model.js';
import { CheckGateRequest } from './gate-decision.request.js';

@ApiTags('gates')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiExtraModels(GateAnswerModel)
@Controller('v1/projects/:project/gate-decisions')
export class GateDecisionsController {
  constructor(
    private readonly gates: GatesService,
    private readonly decisions: GateDecisionReader,
    private readonly proofs: AuditProofs,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('gate')
  @ApiOperation({ summary: 'Ask the gate. On unchanged evidence the standing decision is the answer' })
  @ApiOkResponse({ type: GateDecisionModel })
  @ApiAcceptedResponse({
    type: GateJobModel,
    description:
      'Something has to be computed first (a comparison, rows in training data): ask again after the job.',
  })
  async check(
    @Body() request: CheckGateRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GateDecisionModel | GateJobModel> {
    const answer = await this.gates.check(request);
    if (answer.decision) return answer.decision;
    void reply.status(202);
    return { job: answer.job };
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List gate decisions, newest first' })
  @ApiOkResponse({ type: GateDecisionPage })
  list(@Query() page: PageArgs): Promise<GateDecisionPage> {
    return this.decisions.list(page);
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'Show a gate decision; numbers of sealed splits are for auditors' })
  @ApiOkResponse({ type: GateDecisionModel })
  show(@Param('id', ParseUUIDPipe) id: string): Promise<GateDecisionModel> {
    return this.decisions.byId(id);
  }

  @Get(':id/freshness')
  @Requires('read')
  @ApiOperation({ summary: 'Whether a gate decision may still be acted on' })
  @ApiOkResponse({ type: FreshnessModel })
  freshness(@Param('id', ParseUUIDPipe) id: string): Promise<FreshnessModel> {
    return this.gates.freshness(id);
  }

  @Get(':id/bundle')
  @Requires('read')
  @ApiOperation({ summary: 'A gate decision with its audit proof, to be verified offline' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  async bundle(@Param('id', ParseUUIDPipe) id: string): Promise<object> {
    const { decision, action } = await this.gates.bundleSubject(id);
    const audit = await this.proofs.bundleFor({ kind: 'gateDecision', id }, action);
    return { kind: 'assay/decision-bundle/v1', decision, audit };
  }
}

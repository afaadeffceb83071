import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { DeploymentsReader } from '../deployments.reader.js';
import { DeploymentsService } from '../deployments.service.js';
import { DeploymentPage, PromotionModel, PromotionPage } from './promotion.model.js';
import { DeploymentsArgs, PromoteRequest } from './promotion.request.js';

@ApiTags('deployments')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/promotions')
export class PromotionsController {
  constructor(
    private readonly deployments: DeploymentsService,
    private readonly reader: DeploymentsReader,
  ) {}

  @Post()
  @Requires('promote')
  @ApiOperation({ summary: 'Promote a model version; needs a fresh PASS of every policy of the stage' })
  @ApiCreatedResponse({ type: PromotionModel })
  @ApiConflictResponse({
    description: 'PROMOTION_REFUSED with decisionId, verdict and reasons; NO_POLICY_FOR_STAGE.',
  })
  promote(@Body() request: PromoteRequest): Promise<PromotionModel> {
    return this.deployments.promote(request);
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List promotions, newest first' })
  @ApiOkResponse({ type: PromotionPage })
  list(@Query() page: PageArgs): Promise<PromotionPage> {
    return this.reader.promotions(page);
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'Show a promotion' })
  @ApiOkResponse({ type: PromotionModel })
  show(@Param('id', ParseUUIDPipe) id: string): Promise<PromotionModel> {
    return this.reader.promotion(id);
  }
}

@ApiTags('deployments')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/deployments')
export class DeploymentsController {
  constructor(private readonly reader: DeploymentsReader) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List what stands, and stood, at which stage, newest first' })
  @ApiOkResponse({ type: DeploymentPage })
  list(@Query() query: DeploymentsArgs): Promise<DeploymentPage> {
    return this.reader.deployments(query, query);
  }
}

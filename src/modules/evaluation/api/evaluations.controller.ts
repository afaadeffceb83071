import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { EvaluationCharts } from '../evaluation-charts.service.js';
import { EvaluationReader } from '../evaluation.reader.js';
import { EvaluationsService } from '../evaluations.service.js';
import { EvaluationChartsListModel } from './evaluation-charts.model.js';
import { EvaluationAcceptedModel, EvaluationModel, EvaluationPage } from './evaluation.model.js';
import { EvaluationListArgs, EvaluationRequestBody } from './evaluation.request.js';

@ApiTags('evaluations')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/evaluations')
export class EvaluationsController {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly reader: EvaluationReader,
    private readonly charts: EvaluationCharts,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: "Judge a model version's predictions; the job's result names the evaluation" })
  @ApiAcceptedResponse({ type: EvaluationAcceptedModel })
  async request(@Body() request: EvaluationRequestBody): Promise<EvaluationAcceptedModel> {
    return { job: await this.evaluations.request(request) };
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List evaluations, newest first' })
  @ApiOkResponse({ type: EvaluationPage })
  async list(@Query() query: EvaluationListArgs): Promise<EvaluationPage> {
    return EvaluationPage.of(await this.evaluations.list(query));
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'Show an evaluation; numbers of sealed splits are for auditors' })
  @ApiOkResponse({ type: EvaluationModel })
  async show(@Param('id') id: string): Promise<EvaluationModel> {
    return EvaluationModel.of(await this.reader.byId(id));
  }

  @Get(':id/charts')
  @Requires('read')
  @ApiOperation({
    summary: 'Confusion matrix, ROC curve, reliability curve and histograms of scores, by split',
  })
  @ApiOkResponse({ type: EvaluationChartsListModel })
  async showCharts(@Param('id') id: string): Promise<EvaluationChartsListModel> {
    return { items: await this.charts.ofEvaluation(id) };
  }

  @Get(':id/evidence')
  @Requires('audit')
  @ApiOperation({ summary: 'The sufficient statistics behind an evaluation, by split' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  async evidence(@Param('id') id: string): Promise<object> {
    const { splits } = await this.reader.byId(id);
    return Object.fromEntries(
      splits.map(({ split, evidence, evidenceDigest }) => [split, { evidence, evidenceDigest }]),
    );
  }
}

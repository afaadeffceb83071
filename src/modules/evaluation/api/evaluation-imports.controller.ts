import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { EvaluationImportsService } from '../imports/evaluation-imports.service.js';
import { ImportedEvaluationReader } from '../imports/imported-evaluation.reader.js';
import { ImportListArgs, ImportRequestBody } from './import.request.js';
import {
  ImportAcceptedModel,
  ImportedEvaluationPage,
  ImportedEvaluationReportModel,
} from './imported-evaluation.model.js';

@ApiTags('evaluations')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/evaluation-imports')
export class EvaluationImportsController {
  constructor(
    private readonly imports: EvaluationImportsService,
    private readonly reader: ImportedEvaluationReader,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({
    summary: "Import another tool's evaluation; the job's result names the imported evaluation",
  })
  @ApiAcceptedResponse({ type: ImportAcceptedModel })
  async request(@Body() request: ImportRequestBody): Promise<ImportAcceptedModel> {
    return { job: await this.imports.request(request) };
  }

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'List imported evaluations, newest first, without their numbers' })
  @ApiOkResponse({ type: ImportedEvaluationPage })
  async list(@Query() query: ImportListArgs): Promise<ImportedEvaluationPage> {
    return ImportedEvaluationPage.of(await this.imports.list(query));
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'Show an imported evaluation with its numbers' })
  @ApiOkResponse({ type: ImportedEvaluationReportModel })
  async show(@Param('id') id: string): Promise<ImportedEvaluationReportModel> {
    const view = await this.reader.byId(id);
    return ImportedEvaluationReportModel.of({
      ...view,
      ...(await this.reader.reports([view.id])).get(view.id)!,
    });
  }
}

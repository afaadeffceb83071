import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { LineageService } from '../lineage.service.js';
import { LineageGraphModel } from './lineage.model.js';
import { LineageArgs } from './lineage.request.js';

@ApiTags('lineage')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/lineage')
export class LineageController {
  constructor(private readonly lineage: LineageService) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'What a node came from, or what came from it', operationId: 'walkLineage' })
  @ApiOkResponse({ type: LineageGraphModel })
  async walk(@Query() { node, direction, depth }: LineageArgs): Promise<LineageGraphModel> {
    return this.lineage.walk(await this.lineage.resolve(node), direction, depth);
  }
}

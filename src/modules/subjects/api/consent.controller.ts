import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { ConsentReader } from '../../datasets/index.js';
import { LineageService } from '../../lineage/index.js';
import { ConsentArgs } from './consent.request.js';
import { ConsentModel } from './subject.model.js';

@ApiTags('subjects')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@Controller('v1/projects/:project/consent')
export class ConsentController {
  constructor(
    private readonly consent: ConsentReader,
    private readonly lineage: LineageService,
  ) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'Whether subjects withdrew their consent to the data behind something' })
  @ApiOkResponse({ type: ConsentModel })
  async show(@Query() { node }: ConsentArgs): Promise<ConsentModel> {
    const [consent] = await this.consent.of([await this.lineage.resolve(node)]);
    return consent!;
  }
}

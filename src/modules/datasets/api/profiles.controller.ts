import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../platform/auth/index.js';
import { ProfileReader } from '../profile/profile.reader.js';
import { ProfileService } from '../profile/profile.service.js';
import { DatasetProfileModel, ProfileAcceptedModel } from './profile.model.js';

@ApiTags('datasets')
@ApiParam({ name: 'project', description: 'Project name or id.' })
@ApiParam({ name: 'ref', description: 'NAME@VERSION, NAME for the latest, or an id.' })
@ApiParam({ name: 'split', description: 'Name of the split.' })
@Controller('v1/projects/:project/dataset-versions/:ref/splits/:split/profile')
export class ProfilesController {
  constructor(
    private readonly profiles: ProfileService,
    private readonly reader: ProfileReader,
  ) {}

  @Post()
  @HttpCode(202)
  @Requires('contribute')
  @ApiOperation({ summary: 'Profile every column of a split; what is profiled already stays as it is' })
  @ApiAcceptedResponse({ type: ProfileAcceptedModel })
  async request(@Param('ref') ref: string, @Param('split') split: string): Promise<ProfileAcceptedModel> {
    return { job: await this.profiles.request(ref, split) };
  }

  @Get()
  @Requires('read')
  @ApiOperation({
    summary: 'The profile of a split: quantiles, histograms, categories, different and missing values',
  })
  @ApiOkResponse({ type: DatasetProfileModel })
  show(@Param('ref') ref: string, @Param('split') split: string): Promise<DatasetProfileModel> {
    return this.reader.show(ref, split);
  }
}

import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { currentContext } from '../../context/index.js';
import { ProjectsService } from '../projects.service.js';
import { NotReplayed } from '../../http/idempotency.interceptor.js';
import { Requires } from '../requires.decorator.js';
import { ROLES } from '../roles.js';
import { CreateProjectRequest, NewProjectModel, ProjectModel, RoleModel } from './project.model.js';

@ApiTags('projects')
@Controller('v1')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get('project')
  @Requires('read')
  @ApiOperation({ summary: 'The project of this API key' })
  @ApiOkResponse({ type: ProjectModel })
  current(): ProjectModel {
    return this.projects.current();
  }

  @Post('projects')
  @NotReplayed()
  @Requires('administer')
  @ApiOperation({ summary: 'Make a project; its first key is in the answer' })
  @ApiCreatedResponse({ type: NewProjectModel })
  create(@Body() request: CreateProjectRequest): Promise<NewProjectModel> {
    return this.projects.create(request.name, currentContext().requestId);
  }

  @Get('roles')
  @Requires('read')
  @ApiOperation({ summary: 'Roles and what each may do' })
  @ApiOkResponse({ type: [RoleModel] })
  roles(): RoleModel[] {
    return Object.entries(ROLES).map(([name, permissions]) => ({ name, permissions: [...permissions] }));
  }
}

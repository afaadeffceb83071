import { ID } from '@nestjs/graphql';
import { Matches } from 'class-validator';
import { Input, Output, Prop } from '../../http/shape.js';

@Output('Project', 'A project: everything belongs to one, and nothing crosses to another.')
export class ProjectModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Name, as in URLs.' })
  name: string;
}

@Output('FirstKey', 'The first key of a new project.')
export class FirstKeyModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'The key itself: keep it now.' })
  secret: string;
}

@Output('NewProject', 'A project just made, with its first key, which has every role.')
export class NewProjectModel extends ProjectModel {
  @Prop(() => FirstKeyModel, { description: 'Its first key.' })
  apiKey: FirstKeyModel;
}

@Input('CreateProject', 'A new project.')
export class CreateProjectRequest {
  @Prop(() => String, {
    description: 'Name: small letters, digits and dashes, at most 63.',
    example: 'credit',
  })
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    message: 'name must be small letters, digits and dashes, at most 63',
  })
  name: string;
}

@Output('Role', 'A role and what it may do.')
export class RoleModel {
  @Prop(() => String, { description: 'Name.' })
  name: string;

  @Prop(() => [String], { description: 'Its permissions.' })
  permissions: string[];
}

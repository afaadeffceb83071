import { ID } from '@nestjs/graphql';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import type { ExperimentView } from '../experiments.service.js';

@Output('Experiment', 'A question that runs try to answer.')
export class ExperimentModel implements ExperimentView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Name, unique in the project.' })
  name: string;

  @Prop(() => String, { description: 'What it is about.' })
  description: string;

  @Prop(() => Date, { description: 'When it was created.' })
  createdAt: Date;

  @Prop(() => String, { description: 'Who created it: the id of an API key.' })
  createdBy: string;
}

@Output('ExperimentPage', 'One page of experiments, newest first.')
export class ExperimentPage extends Paged(ExperimentModel, 'Experiment') {}

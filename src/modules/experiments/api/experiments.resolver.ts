import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { ExperimentsService } from '../experiments.service.js';
import { RunReader } from '../run.reader.js';
import { ExperimentModel, ExperimentPage } from './experiment.model.js';
import { CreateExperimentRequest } from './experiments.request.js';
import { runPageOf } from './run-pages.js';
import { RunPage } from './run.model.js';

@Resolver(() => ExperimentModel)
export class ExperimentsResolver {
  constructor(
    private readonly experiments: ExperimentsService,
    private readonly reader: RunReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => ExperimentPage, { name: 'experiments', description: 'Experiments, newest first.' })
  @Requires('read')
  list(@Args() page: PageArgs): Promise<ExperimentPage> {
    return this.experiments.list(page);
  }

  @Query(() => ExperimentModel, { name: 'experiment', description: 'An experiment by its name.' })
  @Requires('read')
  show(@Args('name') name: string): Promise<ExperimentModel> {
    return this.experiments.byName(name);
  }

  @Mutation(() => ExperimentModel, { description: 'Create an experiment.' })
  @Requires('contribute')
  createExperiment(@Args('input') input: CreateExperimentRequest): Promise<ExperimentModel> {
    return this.experiments.create({ name: input.name, description: input.description ?? undefined });
  }

  @ResolveField(() => RunPage, { description: 'Its runs, newest first.' })
  runs(@Parent() { id }: ExperimentModel, @Args() page: PageArgs): Promise<RunPage> {
    return runPageOf(this.loaders, 'Experiment.runs', id, page, (ids) =>
      this.reader.ofExperiments(ids, page),
    );
  }
}

import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Requires } from '../../../platform/auth/index.js';
import { GraphQLJSON, Loaders } from '../../../platform/graphql/index.js';
import { PageArgs } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import { ModelReader } from '../../registry/index.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { EvaluationImportsService } from '../imports/evaluation-imports.service.js';
import type { ImportReport } from '../imports/import-report.js';
import { ImportedEvaluationReader } from '../imports/imported-evaluation.reader.js';
import { ImportListArgs, ImportRequestBody } from './import.request.js';
import { ImportedEvaluationModel, ImportedEvaluationPage } from './imported-evaluation.model.js';

@Resolver(() => ImportedEvaluationModel)
export class ImportedEvaluationsResolver {
  constructor(
    private readonly imports: EvaluationImportsService,
    private readonly reader: ImportedEvaluationReader,
    private readonly models: ModelReader,
    private readonly loaders: Loaders,
  ) {}

  @Query(() => ImportedEvaluationModel, { description: 'An imported evaluation by its id.' })
  @Requires('read')
  async importedEvaluation(@Args('id', { type: () => ID }) id: string): Promise<ImportedEvaluationModel> {
    return ImportedEvaluationModel.of(await this.reader.byId(id));
  }

  @Query(() => ImportedEvaluationPage, { description: 'Imported evaluations, newest first.' })
  @Requires('read')
  async importedEvaluations(@Args() query: ImportListArgs): Promise<ImportedEvaluationPage> {
    return ImportedEvaluationPage.of(await this.imports.list(query));
  }

  @Mutation(() => JobModel, {
    description: "Import another tool's evaluation; the job's result names the imported evaluation.",
  })
  @Requires('contribute')
  importEvaluation(@Args('input') input: ImportRequestBody): Promise<JobModel> {
    return this.imports.request(input);
  }

  @ResolveField(() => GraphQLJSON, {
    description: 'Its numbers: {tasks, metrics, scores, totals}, as REST has them.',
  })
  async report(@Parent() { id }: ImportedEvaluationModel): Promise<ImportReport | null> {
    const loader = this.loaders.of('importedEvaluation.report', (ids: readonly string[]) =>
      this.reader.reports(ids),
    );
    return (await loader.load(id)) ?? null;
  }

  @ResolveField(() => ModelVersionModel, {
    nullable: true,
    description: 'The model version that it is about.',
  })
  async modelVersion(
    @Parent() { modelVersionId }: ImportedEvaluationModel,
  ): Promise<ModelVersionModel | null> {
    const loader = this.loaders.of('modelVersion', (ids: readonly string[]) => this.models.byIds(ids));
    return (await loader.load(modelVersionId)) ?? null;
  }
}

/** What imports add to the model version. */
@Resolver(() => ModelVersionModel)
export class ModelVersionImportsResolver {
  constructor(
    private readonly reader: ImportedEvaluationReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ImportedEvaluationPage, { description: 'Evaluations of other tools, newest first.' })
  async importedEvaluations(
    @Parent() { id }: ModelVersionModel,
    @Args() page: PageArgs,
  ): Promise<ImportedEvaluationPage> {
    const found = await this.loaders
      .of(
        `ModelVersion.importedEvaluations ${JSON.stringify([page.first, page.after])}`,
        (ids: readonly string[]) => this.reader.forModelVersions(ids, page),
      )
      .load(id);
    return ImportedEvaluationPage.of(found ?? { items: [], endCursor: null, hasNextPage: false });
  }
}

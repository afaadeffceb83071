import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Loaders } from '../../../platform/graphql/index.js';
import { PageArgs, type Page } from '../../../platform/http/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import { EvaluationReader } from '../evaluation.reader.js';
import type { EvaluationView } from '../evaluation.view.js';
import { EvaluationPage } from './evaluation.model.js';

/** A page of evaluations of one owner: owners asked with the same page in one request share one statement. */
async function evaluationPageOf(
  loaders: Loaders,
  field: string,
  owner: string,
  page: PageArgs,
  read: (owners: readonly string[]) => Promise<Map<string, Page<EvaluationView>>>,
): Promise<EvaluationPage> {
  const found = await loaders.of(`${field} ${JSON.stringify([page.first, page.after])}`, read).load(owner);
  return EvaluationPage.of(found ?? { items: [], endCursor: null, hasNextPage: false });
}

/** What this module adds to the types of the modules before it. */
@Resolver(() => ModelVersionModel)
export class ModelVersionEvaluationsResolver {
  constructor(
    private readonly reader: EvaluationReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => EvaluationPage, { description: 'Its evaluations, newest first.' })
  evaluations(@Parent() { id }: ModelVersionModel, @Args() page: PageArgs): Promise<EvaluationPage> {
    return evaluationPageOf(this.loaders, 'ModelVersion.evaluations', id, page, (ids) =>
      this.reader.forModelVersions(ids, page),
    );
  }
}

@Resolver(() => DatasetVersionModel)
export class DatasetVersionEvaluationsResolver {
  constructor(
    private readonly reader: EvaluationReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => EvaluationPage, { description: 'The evaluations on it, newest first.' })
  evaluations(@Parent() { id }: DatasetVersionModel, @Args() page: PageArgs): Promise<EvaluationPage> {
    return evaluationPageOf(this.loaders, 'DatasetVersion.evaluations', id, page, (ids) =>
      this.reader.forDatasetVersions(ids, page),
    );
  }
}

import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Loaders } from '../../../platform/graphql/index.js';
import { ConsentReader, type ConsentView } from '../../datasets/index.js';
import { DatasetVersionModel } from '../../datasets/api/dataset.model.js';
import { EvaluationModel } from '../../evaluation/api/evaluation.model.js';
import { RunModel } from '../../experiments/api/run.model.js';
import { ModelVersionModel } from '../../registry/api/model.model.js';
import type { NodeKind } from '../../lineage/index.js';
import { ConsentModel } from './subject.model.js';

const DESCRIPTION = 'Whether subjects withdrew their consent to the data behind it.';

/** Those of one kind that one request asks of share one statement. */
async function consentOf(
  loaders: Loaders,
  reader: ConsentReader,
  kind: NodeKind,
  id: string,
): Promise<ConsentView> {
  const loader = loaders.of(`${kind}.consent`, async (ids: readonly string[]) => {
    const found = await reader.of(ids.map((each) => ({ kind, id: each })));
    return new Map(ids.map((each, i) => [each, found[i]!]));
  });
  return (await loader.load(id))!;
}

/** What this module adds to the types of the modules before it. */
@Resolver(() => DatasetVersionModel)
export class DatasetVersionConsentResolver {
  constructor(
    private readonly reader: ConsentReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ConsentModel, { description: DESCRIPTION })
  consent(@Parent() { id }: DatasetVersionModel): Promise<ConsentModel> {
    return consentOf(this.loaders, this.reader, 'datasetVersion', id);
  }
}

@Resolver(() => RunModel)
export class RunConsentResolver {
  constructor(
    private readonly reader: ConsentReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ConsentModel, { description: DESCRIPTION })
  consent(@Parent() { id }: RunModel): Promise<ConsentModel> {
    return consentOf(this.loaders, this.reader, 'run', id);
  }
}

@Resolver(() => ModelVersionModel)
export class ModelVersionConsentResolver {
  constructor(
    private readonly reader: ConsentReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ConsentModel, { description: DESCRIPTION })
  consent(@Parent() { id }: ModelVersionModel): Promise<ConsentModel> {
    return consentOf(this.loaders, this.reader, 'modelVersion', id);
  }
}

@Resolver(() => EvaluationModel)
export class EvaluationConsentResolver {
  constructor(
    private readonly reader: ConsentReader,
    private readonly loaders: Loaders,
  ) {}

  @ResolveField(() => ConsentModel, { description: DESCRIPTION })
  consent(@Parent() { id }: EvaluationModel): Promise<ConsentModel> {
    return consentOf(this.loaders, this.reader, 'evaluation', id);
  }
}

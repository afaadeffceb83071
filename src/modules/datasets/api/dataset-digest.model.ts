import { Output, Prop } from '../../../platform/http/index.js';
import { type DatasetDigest, DIGEST_SYSTEMS, type DigestSystem } from '../digests/dataset-digest.js';

@Output('DatasetDigest', 'What another tool calls a dataset version, or the file of one of its splits.')
export class DatasetDigestModel implements DatasetDigest {
  @Prop(() => String, { description: `The tool: ${DIGEST_SYSTEMS.join(' or ')}.` })
  system: DigestSystem;

  @Prop(() => String, { description: 'Its namespace there; MLflow has none.', nullable: true })
  namespace: string | null;

  @Prop(() => String, { description: 'Its name there; null: any.', nullable: true })
  name: string | null;

  @Prop(() => String, { description: 'The split whose file it is of; null: the version.', nullable: true })
  split: string | null;

  @Prop(() => String, {
    description: "MLflow's digest, or the datasetVersion of OpenLineage's version facet.",
  })
  digest: string;

  @Prop(() => String, {
    description: 'computed: by Assay, of the pushed file. stated: by whoever pushed.',
    openapi: { enum: ['computed', 'stated'] },
  })
  origin: 'computed' | 'stated';
}

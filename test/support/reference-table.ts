/**
 * Every place in a request that says which thing is meant, written by hand: given what belongs to another project, it must answer as
 * if there were no such thing, and do nothing. `METHOD path place` for REST, `Type.field place` for GraphQL.
 */
const REFERENCE_ROWS = `
GET /audit/proof : query entry, query subjectId
POST /ablation-reports : body datasetVersion, body full, body ablated[]
POST /agreement-reports : body datasetVersion
POST /continual-reports : body steps[].modelVersion, body steps[].datasetVersion, body baseline
GET /contamination-counts/:id/findings : path id
GET /dataset-checks/:id/findings : path id
GET /dataset-versions/:ref : path ref
GET /dataset-versions/:ref/checks : path ref
POST /dataset-versions/:ref/checks : path ref, body checks[].uploadId
POST /dataset-versions/:ref/rule-suggestions : path ref
GET /dataset-versions/:ref/column-lineage : path ref
GET /dataset-versions/:ref/column-lineage/openlineage : path ref
GET /dataset-versions/:ref/croissant : path ref
GET /dataset-versions/:ref/diff/:other : path ref, path other
GET /dataset-versions/:ref/diff/:other/:split : path ref, path other
GET /dataset-versions/:ref/duplicates : path ref
GET /dataset-versions/:ref/duplicates/:split : path ref
GET /dataset-versions/:ref/leakage : path ref
GET /dataset-versions/:ref/leakage/:from/:into : path ref
GET /dataset-versions/:ref/splits/:split/profile : path ref
POST /dataset-versions/:ref/splits/:split/profile : path ref
GET /dataset-versions/:ref/splits/:split/proof : path ref
GET /dataset-versions/:ref/splits/:split/rows : path ref
GET /datasets/:name : path name
GET /datasets/:name/versions : path name
POST /datasets/:name/versions : body parent, body splits[].uploadId, body sources[]
GET /datasets/:name/versions/:version : path name
POST /drift-reports : body reference.datasetVersion, body sample.datasetVersion
GET /evaluation-imports : query modelVersion
POST /evaluation-imports : body modelVersion, body uploadId
GET /evaluation-imports/:id : path id
GET /evaluations : query modelVersion, query datasetVersion
POST /evaluations : body modelVersion, body datasetVersion, body predictions[].uploadId
GET /evaluations/:id : path id
GET /evaluations/:id/charts : path id
GET /evaluations/:id/evidence : path id
GET /experiments/:name : path name
GET /experiments/:name/runs : path name
POST /experiments/:name/runs : path name, body inputs[].datasetVersion
POST /gate-decisions : body modelVersion, body datasetVersion, body policy
GET /gate-decisions/:id : path id
GET /gate-decisions/:id/bundle : path id
GET /gate-decisions/:id/freshness : path id
GET /jobs/:id : path id
POST /jobs/:id/cancel : path id
DELETE /keys/:id : path id
GET /consent : query node
GET /lineage : query node
GET /models/:name : path name
GET /models/:name/versions : path name
POST /models/:name/versions : body artifactUploadId, body datasetVersions[], body parent, body runId
GET /models/:name/versions/:version : path name
GET /models/:name/versions/:version/artifact : path name
GET /models/:name/versions/:version/contamination : path name, query datasetVersion
POST /models/:name/versions/:version/contamination : path name, body datasetVersion
GET /policies/:name : path name
GET /policies/:name/versions : path name
POST /promotions : body modelVersion, body stage
GET /promotions/:id : path id
GET /runs : query experiment
POST /runs : body experiment, body inputs[].datasetVersion
GET /runs/:id : path id
POST /runs/:id/finish : path id
POST /runs/:id/inputs : path id, body inputs[].datasetVersion
POST /runs/:id/log : path id
GET /runs/:id/metrics/:key : path id
GET /resumable-uploads/:id : path id
PATCH /resumable-uploads/:id : path id
DELETE /resumable-uploads/:id : path id
POST /sampling-plans : body datasetVersion, body sources[]
GET /sampling-plans/:name : path name
POST /sampling-plans/:name/rows : path name
GET /sampling-plans/:name/samples : path name
POST /sampling-plans/:name/samples : path name
GET /sources/:ref : path ref
GET /sources/:name/revisions : path name
GET /uploads/:id : path id
GET /deployments : query stage
Query.auditProof : entry, subjectId
Query.contaminationFindings : id
Query.continualReport : input.baseline, input.steps[].datasetVersion, input.steps[].modelVersion
Query.columnLineage : ref
Query.dataSource : ref
Query.dataset : name
Query.datasetCheckFindings : id
Query.datasetChecks : ref
Query.datasetDiff : other, ref
Query.datasetDiffRows : other, ref
Query.datasetProfile : ref
Query.datasetVersion : ref
Query.deployments : stage
Query.evaluation : id
Query.rowProof : ref
Query.evaluations : datasetVersion, modelVersion
Query.experiment : name
Query.gateDecision : id
Query.gatePolicy : ref
Query.evaluationCharts : id
Query.importedEvaluation : id
Query.importedEvaluations : modelVersion
Query.job : id
Query.lineage : node
Query.model : name
Query.modelVersion : ref
Query.promotion : id
Query.run : id
Query.samplingPlan : name
Query.liveSamples : name
ModelVersion.contamination : datasetVersion
ModelVersion.latestDecision : policy
Mutation.cancelJob : id
Mutation.checkDataset : ref, input.checks[].uploadId
Mutation.checkGate : input.modelVersion, input.datasetVersion, input.policy
Mutation.countContamination : modelVersion, input.datasetVersion
Mutation.createSamplingPlan : input.datasetVersion, input.sources[]
Mutation.offerRows : name
Mutation.takeLiveSample : name
Mutation.createRun : input.experiment, input.inputs[].datasetVersion
Mutation.finishRun : id
Mutation.importEvaluation : input.modelVersion, input.uploadId
Mutation.logRun : id
Mutation.measureAblation : input.datasetVersion, input.full, input.ablated[]
Mutation.measureAgreement : input.datasetVersion
Mutation.measureDrift : input.reference.datasetVersion, input.sample.datasetVersion
Mutation.promote : input.modelVersion, input.stage
Mutation.profileDataset : ref
Mutation.pushDatasetVersion : input.parent, input.splits[].uploadId, input.sources[]
Mutation.registerModelVersion : input.artifactUploadId, input.datasetVersions[], input.parent, input.runId
Mutation.requestEvaluation : input.modelVersion, input.datasetVersion, input.predictions[].uploadId
Mutation.revokeApiKey : id
Mutation.suggestRules : ref
`;

/**
 * What means no thing of a project, by its name wherever it stands: pages, texts, documents, and names within what another place names
 * (a split of that version, a version of that model). A name of something that is made is free in each project.
 */
export const FREE = new Set(
  `alpha categories[] checks[].check checks[].splits[] checks[].parameters splits[] level ratings[] seed split categoricalMethod columns[] numericMethod reference.split sample.split shareAtLeast threshold
   first after depth direction wait state kind subjectKind from to into split version filename key name model
   declaredTypes execute execute.endpoint.batchRows execute.endpoint.concurrency execute.endpoint.timeoutSeconds execute.endpoint.url
   execute.inputs[].features[] execute.inputs[].name execute.output.classes[] execute.output.column execute.output.name
   execute.runtime execute.splits[] description document dryRun expires format group inputs[].context label leaf looks message metric metrics[].key metrics[].step
   metrics[].timestamp metrics[].value params predictions[].split splits[].reference splits[].sha256 protected[] protocol roles[] scope scopes[] source
   splitBy.column splitBy.cuts[] splitBy.method splitBy.seed splits[].domain splits[].name splits[].role splits[].sealed splits[].share stage status
   capacity dataset no rows[] steps[].split tags time Tus-Resumable Upload-Checksum Upload-Length Upload-Metadata Upload-Offset basis collectedFrom collectedUntil contact
   expiresAt licence licenceText owner personal scope[] sourceColumn subject splits[].format splitBy
   column columnLineage digests[].digest digests[].name digests[].namespace digests[].split digests[].system`.split(
    /\s+/,
  ),
);

export const REFERENCES: ReadonlySet<string> = new Set(
  REFERENCE_ROWS.trim()
    .split('\n')
    .flatMap((line) => {
      const [operation, places] = line.split(' : ') as [string, string];
      return places.split(', ').map((place) => `${operation} ${place}`);
    }),
);

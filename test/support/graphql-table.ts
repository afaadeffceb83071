import type { Furnished } from './furnished-project.js';
import {
  ablationOf,
  agreementOf,
  CHECKS,
  continualOf,
  driftOf,
  planOf,
  policyOf,
  ROW,
  type Fresh,
} from './route-examples.js';

/**
 * What each root field of GraphQL needs, written by hand. What stands below a root field needs what the root field needs: the guard is
 * at the door, so every type must be safe for everyone who can reach it. TYPES says by whom that is.
 */
const ROOT_ROWS = `
query apiKeys administer
query auditEntries read
query auditProof read
query contaminationFindings read
query continualReport read
query columnLineage read
query dataSource read
query dataSources read
query dataset read
query datasetCheckFindings read
query datasetChecks read
query datasetDiff read
query datasetDiffRows read
query datasetProfile read
query datasetVersion read
query datasets read
query deployments read
query evaluation read
query evaluationCharts read
query evaluations read
query experiment read
query experiments read
query gateDecision read
query gateDecisions read
query gatePolicies read
query gatePolicy read
query importedEvaluation read
query importedEvaluations read
query job read
query jobs read
query lineage read
query model read
query modelVersion read
query models read
query project read
query promotion read
query promotions read
query rowProof read
query samplingPlan read
query samplingPlans read
query liveSamples read
query run read
query validatePolicy read
mutation addDataSource policy
mutation cancelJob contribute
mutation checkDataset contribute
mutation checkGate gate
mutation countContamination contribute
mutation createApiKey administer
mutation createExperiment contribute
mutation createRun contribute
mutation createSamplingPlan contribute
mutation offerRows contribute
mutation takeLiveSample contribute
mutation eraseSubject policy
mutation findSubject read
mutation finishRun contribute
mutation importEvaluation contribute
mutation logRun contribute
mutation measureAblation contribute
mutation measureAgreement contribute
mutation measureDrift contribute
mutation profileDataset contribute
mutation promote promote
mutation pushDatasetVersion contribute
mutation pushPolicy policy
mutation registerModelVersion contribute
mutation requestEvaluation contribute
mutation revokeApiKey administer
mutation suggestRules contribute
mutation withdrawConsent policy
`;

/** Type, the least permission that leads to it (`-`: no field leads to it), its fields. A field that stands not here fails the test. */
const TYPE_ROWS = `
ApiKey           administer createdAt expiresAt id lastUsedAt name prefix revokedAt role roles scopes
ApiKeyPage       administer endCursor hasNextPage items
NewApiKey        administer createdAt expiresAt id lastUsedAt name prefix revokedAt role roles scopes secret
FirstKey         -          id secret
RepeatedRow      -          key otherKey otherRow row
ErasedRow        read       hashes index leaf
ProvedRow        read       commitment hashes index values
GateAnswer       gate       decision job
Artifact         read       digest filename size
AuditActor       read       id kind name
AuditEntry       read       action actor body bodyDigest id index leafHash requestId subject time
AuditEntryPage   read       endCursor hasNextPage items
AuditProof       read       body checkpoint hashes index leaf publicKey treeSize
AuditSubject     read       id kind
Champion         read       modelVersion modelVersionId stage updatedAt
Consent          read       datasetVersions withdrawn
DataSource       read       basis collectedFrom collectedUntil contact createdAt createdBy description digest expiresAt id kind licence licenceText name owner personal revision scope sourceId
DataSourcePage   read       endCursor hasNextPage items
DatasetVersionSource read   byColumn id name revision rows
SamplingPlan     read       capacity createdAt createdBy dataset datasetVersionId firstOfferedAt id lastOfferedAt offered sampleNo seed sources split subjectColumn untrusted waiting
SamplingPlanPage read       endCursor hasNextPage items
LiveSample       read       createdAt createdBy datasetVersionId firstOfferedAt id lastOfferedAt no offered planId untrusted
LiveSamplePage   read       endCursor hasNextPage items
ReachedByData    read       id kind label
SubjectReach     read       datasetVersions deployments evaluations gateDecisions known modelVersions promotions pseudonym rows runs waiting withdrawnAt
SubjectRows      read       datasetVersion datasetVersionId rows split
Dataset          read       createdAt id latest latestVersion name
DatasetCellChange read       after before column
DatasetDigest    read       digest name namespace origin split system
ColumnLineage    read       datasetVersionId direction edges truncated
ColumnEdge       read       from origin to transformations wholeVersion
ColumnNode       read       column datasetVersion datasetVersionId name namespace
ColumnTransformation read   description masking subtype type
DatasetColumn    read       name role type
DatasetColumnChange read       after before change column
DatasetColumnCount read       column rows
DatasetDiff      read       after before columns identical splits
DatasetDiffSide  read       domain role root rows sealed
DatasetDiffVersion read       contentId dataset id version
DatasetPage      read       endCursor hasNextPage items
DatasetRepeats   read       comparedOn foundIn ignoringLabel inSplit rows total withLabel
DatasetRowChange read       cells change count key
DatasetRowChangePage read       endCursor hasNextPage items
DatasetSchema    read       columns group key label protected time
DatasetSplit     read       domain erased id looks name role root rows sealed
DatasetSplitDiff read       added after before cells change changed labelsCompared reason removed split
DatasetVersion   read       consent contentId createdAt createdBy dataset datasetId digests downstream duplicates encodingVersion endorsed evaluations id leakage message mlflowDigest modelVersions parent parentId runs schema source sources splitBy splits subjectColumn upstream version
DecidedData      read       contentId id label
DecidingPolicy   read       digest id name version
DecisionInputs   read       all dataset evidence policy
Deployment       read       id modelId modelVersionId modelVersionLabel promotionId since stage state until
DeploymentPage   read       endCursor hasNextPage items
DuplicateSummary read       ignoringKey rows split
ContaminationCount read createdAt createdBy datasetVersionId digest entities id incomparable possible rows sources split total
ContaminationFinding read datasetVersionId key kind otherKey otherRow row split
ContaminationFindingPage read endCursor hasNextPage items
ContaminationReport read datasetVersion datasetVersionId gaps modelVersion modelVersionId scope splits trainedOn
ContaminationSource read comparedColumns datasetVersionId entities keys missingColumns rows split withLabel
TestedSplit      read count role sealed split
TrainingSplit    read datasetVersionId ref relation split via
CheckFinding     read detail key otherKey otherRow otherSplit row rule severity split
CheckFindingPage read endCursor hasNextPage items
DatasetCheck     read check createdAt createdBy datasetVersionId digest facts failing first id parameters reason splits status total unit version warnings
DatasetCheckPage read endCursor hasNextPage items
DatasetProfile   read columns createdAt createdBy datasetVersionId digest id rows split
ColumnProfile    read categorical column distinct distinctError kind missing numeric rows type
NumericProfile   read histogram max mean min notFinite quantiles rankError sd
CategoricalProfile read lengths others top
ProfileQuantile  read share value
ProfileHistogram read counts edges
ProfileCategory  read count value
ProfileLengths   read max mean min
ContinualReport  read baseline cells measures metric modelVersions tasks
ContinualModelVersion read id ref
ContinualTaskSplit read datasetVersionId ref split
ContinualCell    read evaluationId forgotten score step task
ContinualMeasure read direction id label tasks value worst
ContinualTaskValue read task value
Evaluation       read       consent createdAt createdBy datasetVersion datasetVersionId digest domains evaluationId execution id level modelVersion modelVersionId protocol protocolHash results robustness splits
EvaluationCharts read       charts n sealed split
EvaluationMetric read       ci clusters defined deff formulaId n name reason value
EvaluationPage   read       endCursor hasNextPage items
EvaluationSlice  read       metrics n name where
EvaluationSplit  read       budget domain fairness groups labelNoise look metrics n role sealed search slices split
Experiment       read       createdAt createdBy description id name runs
ExperimentPage   read       endCursor hasNextPage items
GateDecider      read       id name
GateDecision     read       alpha caveats datasetVersion decidedAt decidedBy decisionId evaluationIds evaluations expiresAt gatePolicy hypotheses inputs kind modelVersion modelVersionId policy redacted rules salt stage staleReason state subject verdict
GateDecisionPage read       endCursor hasNextPage items
GatePolicy       read       createdAt createdBy digest document id name source stage version
GatePolicyPage   read       endCursor hasNextPage items
GateSubject      read       id kind label
ImportedEvaluation read     createdAt createdBy digest format formatVersion id items itemsDigest level modelVersion modelVersionId report reportedModel sourceDigest status
ImportedEvaluationPage read endCursor hasNextPage items
Job              read       createdAt error finishedAt id kind message progress result startedAt state subject
JobError         read       code details message
JobPage          read       endCursor hasNextPage items
JobSubject       read       id kind
LineageEdge      read       from relation to
LineageGraph     read       edges nodes truncated
LineageNode      read       depth id kind label
LineageNodeRef   read       id kind
LookBudget       read       budget used
MetricPoint      read       key step timestamp value
MetricPointPage  read       endCursor hasNextPage items
Model            read       champions createdAt createdBy id latestVersion name versions
ModelPage        read       endCursor hasNextPage items
ModelVersion     read       artifact consent contamination createdAt createdBy datasetVersionIds datasetVersions deployments description downstream evaluations gateDecisions id importedEvaluations latestDecision model modelId parent parentId promotions registeredModel run runId tags upstream version
ModelVersionPage read       endCursor hasNextPage items
Project          read       id name
Promotion        read       createdAt createdBy gateDecisionIds gateDecisions id modelId modelVersion modelVersionId modelVersionLabel previousModelVersionId stage
PromotionPage    read       endCursor hasNextPage items
ConfusionRow     read       counts label
ReliabilityBin   read       ci from meanScore n observedRate to
RocCurve         read       exact points
RocPoint         read       fpr threshold tpr
RuleEvidence     read       digest id kind
RuleExplanation  read       ci n observed reason split verdict
RuleHold         read       reason remedy
RuleHypotheses   read       cleared rejected total undefined
RuleResult       read       adjustedP caveats ci comparison decideOn evidence explanation hypotheses id level n neededN observed openHolds passAlpha reason remedy requirement sealed slice splits threshold type verdict
Run              read       consent createdBy datasetVersionIds endedAt experiment experimentId id latestMetrics metricHistory modelVersions name params startedAt status tags
RunInput         read       context datasetVersionId
RowProof         read       audit content contentId erased included key kind leaf rows split
RunPage          read       endCursor hasNextPage items
ScoreCharts      read       histogram roc
ScoreHistogram   read       bins negatives positives
SplitCharts      read       classes confusion reliability scores
ValidatedPolicy  read       digest document name stage
`;

const rows = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));

export interface RootRow {
  operation: string;
  name: string;
  needs: string;
}

export const ROOTS: RootRow[] = rows(ROOT_ROWS).map(([operation, name, needs]) => ({
  operation: operation!,
  name: name!,
  needs: needs!,
}));

export const TYPES: ReadonlyMap<string, { needs: string; fields: string[] }> = new Map(
  rows(TYPE_ROWS).map(([name, needs, ...fields]) => [name!, { needs: needs!, fields }]),
);

type Arguments = Record<string, unknown>;

/** By root field, arguments that do something real. What stands not here takes none. */
export const ROOT_EXAMPLES: Record<string, (f: Furnished, fresh: Fresh) => Arguments | Promise<Arguments>> = {
  auditEntries: () => ({ first: 50 }),
  auditProof: (f) => ({ entry: f.entryId }),
  columnLineage: (f) => ({ ref: f.secondDatasetVersionId }),
  dataSource: (f) => ({ ref: f.source }),
  dataset: (f) => ({ name: f.dataset }),
  datasetVersion: (f) => ({ ref: f.datasetVersion }),
  evaluation: (f) => ({ id: f.evaluationId }),
  evaluations: (f) => ({ modelVersion: f.modelVersion, datasetVersion: f.datasetVersion }),
  experiment: (f) => ({ name: f.experiment }),
  gateDecision: (f) => ({ id: f.decisionId }),
  gatePolicy: (f) => ({ ref: f.policy }),
  evaluationCharts: (f) => ({ id: f.evaluationId }),
  importedEvaluation: (f) => ({ id: f.importedEvaluationId }),
  importedEvaluations: (f) => ({ modelVersion: f.modelVersion }),
  job: (f) => ({ id: f.failedJobId }),
  lineage: (f) => ({ node: `modelVersion:${f.modelVersion}` }),
  model: (f) => ({ name: f.model }),
  continualReport: (f) => ({ input: continualOf(f) }),
  contaminationFindings: (f) => ({ id: f.contaminationCountId }),
  datasetCheckFindings: (f) => ({ id: f.datasetCheckId }),
  datasetChecks: (f) => ({ ref: f.datasetVersion }),
  datasetDiff: (f) => ({ ref: f.datasetVersion, other: f.secondDatasetVersionId }),
  datasetDiffRows: (f) => ({ ref: f.datasetVersion, other: f.secondDatasetVersionId, split: 'train' }),
  datasetProfile: (f) => ({ ref: f.datasetVersion, split: 'train' }),
  modelVersion: (f) => ({ ref: f.modelVersion }),
  promotion: (f) => ({ id: f.promotionId }),
  // A place beside a row: what was there is erased.
  rowProof: (f) => ({ ref: f.subject.replace(/ann$/, 'asked@1'), split: 'train', key: '3' }),
  run: (f) => ({ id: f.runId }),
  samplingPlan: (f) => ({ name: f.samplingPlan }),
  liveSamples: (f) => ({ name: f.samplingPlan }),
  validatePolicy: (_f, fresh) => ({ input: { document: policyOf(fresh.name()) } }),
  addDataSource: (_f, fresh) => ({ input: { name: fresh.name(), kind: 'logs' } }),
  findSubject: (f) => ({ input: { subject: f.subject } }),
  withdrawConsent: (_f, fresh) => ({ input: { subject: fresh.name() } }),
  eraseSubject: async (_f, fresh) => ({ input: { subject: await fresh.subject() } }),
  cancelJob: async (_f, fresh) => ({ id: await fresh.queuedJob() }),
  checkDataset: (f) => ({ ref: f.datasetVersion, input: CHECKS }),
  checkGate: (f) => ({ input: { modelVersion: f.modelVersion, policy: f.policy } }),
  countContamination: (f) => ({ modelVersion: f.modelVersion, input: { datasetVersion: f.datasetVersion } }),
  createApiKey: (_f, fresh) => ({ input: { roles: ['viewer'], scopes: ['administer'], name: fresh.name() } }),
  createExperiment: (_f, fresh) => ({ input: { name: fresh.name() } }),
  createSamplingPlan: (f, fresh) => ({ input: planOf(f, fresh.name()) }),
  offerRows: (f) => ({ name: f.samplingPlan, input: { rows: [ROW] } }),
  takeLiveSample: async (_f, fresh) => ({ name: await fresh.samplingPlan(), input: {} }),
  createRun: (f) => ({ input: { experiment: f.experiment } }),
  finishRun: async (_f, fresh) => ({ id: await fresh.openRun() }),
  importEvaluation: async (f, fresh) => ({
    input: { modelVersion: f.modelVersion, uploadId: await fresh.upload(), format: 'junit' },
  }),
  logRun: async (_f, fresh) => ({ id: await fresh.openRun(), input: { tags: { a: 'b' } } }),
  measureAblation: (f) => ({ input: ablationOf(f) }),
  measureAgreement: (f) => ({ input: agreementOf(f.datasetVersion) }),
  measureDrift: (f) => ({ input: driftOf(f.datasetVersion) }),
  profileDataset: (f) => ({ ref: f.datasetVersion, split: 'train' }),
  suggestRules: (f) => ({ ref: f.datasetVersion, input: { splits: ['train'] } }),
  promote: (f) => ({ input: { modelVersion: f.modelVersion, stage: f.stage } }),
  pushDatasetVersion: async (f, fresh) => ({
    name: f.dataset,
    input: {
      splits: [{ name: 'train', role: 'train', uploadId: await fresh.upload() }],
      key: 'id',
      label: 'y',
    },
  }),
  pushPolicy: (_f, fresh) => ({ input: { document: policyOf(fresh.name()) } }),
  registerModelVersion: async (f, fresh) => ({
    input: { model: f.model, artifactUploadId: await fresh.upload() },
  }),
  requestEvaluation: async (f, fresh) => ({
    input: {
      modelVersion: f.modelVersion,
      datasetVersion: f.datasetVersion,
      predictions: [{ split: 'validation', uploadId: await fresh.upload() }],
    },
  }),
  revokeApiKey: async (_f, fresh) => ({ id: await fresh.keyToRevoke() }),
};

/** Arguments of fields below the roots that cannot be left out. */
export const FIELD_ARGUMENTS: Record<string, Arguments> = { 'Run.metricHistory': { key: 'loss' } };

/** A JSON value as GraphQL writes it; arguments in their brackets, none as nothing. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) => `${name}: ${literal(item)}`);
  return `{${fields.join(', ')}}`;
}

export const argumentsOf = (given: Arguments = {}): string => {
  const inner = literal(given).slice(1, -1);
  return inner === '' ? '' : `(${inner})`;
};

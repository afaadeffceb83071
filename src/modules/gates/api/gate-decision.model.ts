import { ID, Int } from '@nestjs/graphql';
import type { Comparison, DecideOn, RuleKind, Verdict } from '../../../domain/policy/index.js';
import { VERDICTS } from '../../../domain/policy/index.js';
import { GraphQLJSON } from '../../../platform/graphql/index.js';
import { Output, Paged, Prop } from '../../../platform/http/index.js';
import { JobModel } from '../../../platform/queue/api/job.model.js';
import type { DecisionDocument, DecisionInputs, RuleExplanation, RuleOutcome } from '../decision-document.js';
import { DECISION_STATES, type DecisionState } from '../gate-decision.state.js';
import type { GateDecisionView } from '../gate-decision.view.js';

const VERDICT = `One of ${VERDICTS.join(', ')}.`;
const STATES = Object.keys(DECISION_STATES);

@Output('RuleEvidence', 'What a rule was decided on.')
export class RuleEvidenceModel {
  @Prop(() => String, { description: 'evaluation, comparison or datasetVersion.' })
  kind: string;

  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'SHA-256 of what was read; null where it is sealed.', nullable: true })
  digest: string | null;
}

@Output('RuleExplanation', 'The same rule on an open split, or by itself.')
export class RuleExplanationModel implements RuleExplanation {
  @Prop(() => String, { description: 'The open split.' })
  split: string;

  @Prop(() => String, { description: VERDICT })
  verdict: Verdict;

  @Prop(() => Number, { description: 'What was observed there.', nullable: true })
  observed: number | null;

  @Prop(() => [Number], { description: 'Its bounds.', nullable: true })
  ci: [number, number] | null;

  @Prop(() => Number, { description: 'Rows.', nullable: true })
  n: number | null;

  @Prop(() => String, { description: 'In words.' })
  reason: string;
}

@Output('RuleHypotheses', 'The elementary hypotheses of a rule.')
export class RuleHypothesesModel {
  @Prop(() => Int, { description: 'How many.' })
  total: number;

  @Prop(() => Int, { description: 'How many clear their bound.' })
  cleared: number;

  @Prop(() => Int, { description: "How many are rejected after Holm's correction." })
  rejected: number;

  @Prop(() => Int, { description: 'How many have no value.' })
  undefined: number;
}

@Output('RuleHold', 'What keeps a rule undecided, and what to do.')
export class RuleHoldModel {
  @Prop(() => String, { description: 'Why.' })
  reason: string;

  @Prop(() => String, { description: 'What to do.' })
  remedy: string;
}

@Output('RuleResult', 'What one rule of a policy ended with, and why.')
export class RuleResultModel implements RuleOutcome {
  @Prop(() => String, { description: 'Its id in the policy.' })
  id: string;

  @Prop(() => String, { description: 'metric, compare, crossDomain, fairness or contamination.' })
  type: RuleKind;

  @Prop(() => String, { description: VERDICT, openapi: { enum: [...VERDICTS] } })
  verdict: Verdict;

  @Prop(() => Number, {
    description: 'The deciding quantity; null without a value, or where it is sealed.',
    nullable: true,
  })
  observed: number | null;

  @Prop(() => Number, { description: 'What is required of it.', nullable: true })
  threshold: number | null;

  @Prop(() => String, { description: 'atLeast or atMost.', nullable: true })
  comparison: Comparison | null;

  @Prop(() => [Number], { description: 'Its one-sided bounds on either side: [low, high].', nullable: true })
  ci: [number, number] | null;

  @Prop(() => Number, { description: 'The two-sided level of these bounds.' })
  level: number;

  @Prop(() => Number, {
    description:
      'The one-sided level at which PASS was decided: below alpha where sealed rows were looked at. Absent in decisions from before this was so.',
    nullable: true,
  })
  passAlpha?: number | null;

  @Prop(() => Number, { description: 'Rows it rests on.', nullable: true })
  n: number | null;

  @Prop(() => GraphQLJSON, { description: 'Which rows: split, domain, groups.' })
  slice: Record<string, unknown>;

  @Prop(() => String, { description: 'Why, in words.' })
  reason: string;

  @Prop(() => String, { description: 'What to do; null on PASS.', nullable: true })
  remedy: string | null;

  @Prop(() => [RuleEvidenceModel], { description: 'What it was decided on.' })
  evidence: RuleEvidenceModel[];

  @Prop(() => String, { description: 'bound or point.' })
  decideOn: DecideOn;

  @Prop(() => [String], { description: 'Splits that its numbers come from.' })
  splits: string[];

  @Prop(() => Boolean, { description: 'Whether they are sealed: numbers are for auditors.' })
  sealed: boolean;

  @Prop(() => GraphQLJSON, { description: 'What the policy asks.' })
  requirement: Record<string, unknown>;

  @Prop(() => RuleExplanationModel, {
    description:
      'A sealed rule on an open validation split; an open one that was decided together with sealed ones, by itself.',
    nullable: true,
  })
  explanation: RuleExplanationModel | null;

  @Prop(() => Number, { description: "Holm's adjusted p-value of the deciding hypothesis.", nullable: true })
  adjustedP: number | null;

  @Prop(() => Number, { description: 'How many rows would settle it at the observed value.', nullable: true })
  neededN: number | null;

  @Prop(() => RuleHypothesesModel, { description: 'Its elementary hypotheses.', nullable: true })
  hypotheses: RuleHypothesesModel | null;

  @Prop(() => [String], { description: 'What to bear in mind.' })
  caveats: string[];

  @Prop(() => [RuleHoldModel], { description: 'What keeps it undecided and says nothing about sealed rows.' })
  openHolds: RuleHoldModel[];
}

@Output('GateSubject', 'Who was judged.')
export class GateSubjectModel {
  @Prop(() => String, { description: 'modelVersion.' })
  kind: 'modelVersion';

  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  label: string;
}

@Output('DecidingPolicy', 'By which policy.')
export class DecidingPolicyModel {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => String, { description: 'Name.' })
  name: string;

  @Prop(() => Int, { description: 'Version.' })
  version: number;

  @Prop(() => String, { description: 'SHA-256 of its normal form.' })
  digest: string;
}

@Output('DecidedData', 'On which data.')
export class DecidedDataModel {
  @Prop(() => ID, { description: 'Identifier of the dataset version.' })
  id: string;

  @Prop(() => String, { description: 'NAME@VERSION.' })
  label: string;

  @Prop(() => String, { description: 'Its content id.' })
  contentId: string;
}

@Output('GateDecider', 'Who asked.')
export class GateDeciderModel {
  @Prop(() => ID, { description: 'Id of the API key.' })
  id: string;

  @Prop(() => String, { description: 'Its name.' })
  name: string;
}

@Output('DecisionInputs', 'What a decision was made from, by digest.')
export class DecisionInputsModel implements DecisionInputs {
  @Prop(() => String, { description: 'Of the policy.' })
  policy: string;

  @Prop(() => String, { description: 'Content id of the data.', nullable: true })
  dataset: string | null;

  @Prop(() => String, { description: 'Of everything measured; null where it is sealed.', nullable: true })
  evidence: string | null;

  @Prop(() => String, { description: 'Of all of these and the subject.', nullable: true })
  all: string | null;
}

@Output('GateDecision', 'Whether a model version may be promoted, and why. It never changes; its state does.')
export class GateDecisionModel implements GateDecisionView {
  @Prop(() => ID, { description: 'Identifier.' })
  decisionId: string;

  @Prop(() => String, { description: 'assay/gate-decision/v1.' })
  kind: DecisionDocument['kind'];

  @Prop(() => String, { description: `${VERDICT} The worst of its rules.`, openapi: { enum: [...VERDICTS] } })
  verdict: Verdict;

  @Prop(() => String, { description: `One of ${STATES.join(', ')}.`, openapi: { enum: STATES } })
  state: DecisionState;

  @Prop(() => String, { description: 'Why it no longer stands.', nullable: true })
  staleReason: string | null;

  @Prop(() => GateSubjectModel, { description: 'Who was judged.' })
  subject: GateSubjectModel;

  @Prop(() => ID, { description: 'The model version that was judged.' })
  modelVersionId: string;

  @Prop(() => DecidingPolicyModel, { description: 'By which policy.' })
  policy: DecidingPolicyModel;

  @Prop(() => String, { description: 'For which stage.', nullable: true })
  stage: string | null;

  @Prop(() => DecidedDataModel, { description: 'On which data; null where there was none.', nullable: true })
  datasetVersion: DecidedDataModel | null;

  @Prop(() => [ID], { description: 'The evaluations that it rests on.' })
  evaluationIds: string[];

  @Prop(() => Number, { description: 'One-sided error level of each verdict.' })
  alpha: number;

  @Prop(() => Int, { description: "Hypotheses that Holm's correction counts.", nullable: true })
  hypotheses: number | null;

  @Prop(() => String, { description: 'When it was made: ISO 8601, UTC.' })
  decidedAt: string;

  @Prop(() => String, {
    description: 'When its oldest evidence reaches the age that the policy allows: ISO 8601, UTC.',
  })
  expiresAt: string;

  @Prop(() => GateDeciderModel, { description: 'Who asked.' })
  decidedBy: GateDeciderModel;

  @Prop(() => [RuleResultModel], { description: 'Rule by rule.' })
  rules: RuleResultModel[];

  @Prop(() => [String], { description: 'What to bear in mind.' })
  caveats: string[];

  @Prop(() => DecisionInputsModel, { description: 'What it was made from, by digest.' })
  inputs: DecisionInputsModel;

  @Prop(() => String, {
    description: 'Random; keeps sealed numbers from being found by their digest.',
    nullable: true,
  })
  salt: string | null;

  @Prop(() => Boolean, { description: 'Whether the numbers of sealed splits were taken out.' })
  redacted: boolean;
}

@Output('GateDecisionPage', 'One page of gate decisions, newest first.')
export class GateDecisionPage extends Paged(GateDecisionModel, 'GateDecision') {}

@Output('GateAnswer', 'A decision, or the job after which to ask again.')
export class GateAnswerModel {
  @Prop(() => GateDecisionModel, { description: 'The decision.', nullable: true })
  decision: GateDecisionModel | null;

  @Prop(() => JobModel, {
    description: 'A paired comparison has to be made first: ask again when this has ended.',
    nullable: true,
  })
  job: JobModel | null;
}

@Output('GateJob', 'A paired comparison has to be made first.')
export class GateJobModel {
  @Prop(() => JobModel, { description: 'Ask again when it has ended.' })
  job: JobModel;
}

@Output('Freshness', 'Whether a decision may still be acted on.')
export class FreshnessModel {
  @Prop(() => Boolean, { description: 'Whether it may.' })
  fresh: boolean;

  @Prop(() => [String], { description: 'Why it may not.' })
  reasons: string[];
}

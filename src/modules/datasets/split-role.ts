/** What a split is for. Data, not code: validation, documentation and the database's own check agree with it. */
export const SPLIT_ROLES = {
  train: { sealed: false, needsDomain: false, evaluated: false },
  validation: { sealed: false, needsDomain: false, evaluated: true },
  holdout: { sealed: true, needsDomain: false, evaluated: true },
  cross_domain: { sealed: true, needsDomain: true, evaluated: true },
  stress: { sealed: false, needsDomain: true, evaluated: true },
  synthetic: { sealed: false, needsDomain: false, evaluated: false },
  live_sample: { sealed: false, needsDomain: false, evaluated: false },
} as const satisfies Record<string, SplitRoleFacts>;

interface SplitRoleFacts {
  /** Whether labels stay inside Assay unless the push says otherwise. */
  sealed: boolean;
  /** Whether its rows come from a domain that must be named. */
  needsDomain: boolean;
  /** Whether models are judged on it, so that no label may be missing. */
  evaluated: boolean;
}

export type SplitRole = keyof typeof SPLIT_ROLES;

export const SPLIT_ROLE_NAMES = Object.keys(SPLIT_ROLES) as SplitRole[];

export interface Check {
  name: string;
  ok: boolean;
  /** What was found, in words. */
  detail: string;
}

/** Where the first thing that is wrong stands. */
export interface Culprit {
  /** Entry of the log, from 0; null when it is none. */
  index: number | null;
  /** The member that does not fit; for what is stored beside the log its kind and id. */
  field: string;
  reason: string;
}

export interface VerifyReport {
  ok: boolean;
  checks: Check[];
  culprit?: Culprit & { code?: Code; remedy?: string };
  /** The newest checkpoint, where everything is right and it was asked for. */
  checkpoint?: string;
}

export interface VerifyOptions {
  /** The verifier key that is known from elsewhere: without it, a proof is only as good as the key it brings along. */
  pinnedPublicKey?: string;
}

const RESTORE =
  'Restore the database from a backup that verifies, and find out who could change it past Assay.';
const ASK_AGAIN =
  'Get the file again from its source and verify that; if it fails too, what it came from was changed.';

/** Stable names of what can be wrong, and what to do. */
const REMEDIES = {
  AUDIT_ENTRY_ALTERED: `${ASK_AGAIN} ${RESTORE}`,
  AUDIT_CHECKPOINT_ALTERED: `${ASK_AGAIN} ${RESTORE}`,
  AUDIT_KEY_INVALID: ASK_AGAIN,
  AUDIT_KEY_UNKNOWN:
    'Ask the operator whether the signing key was replaced; if not, this is another log. Trust none of it.',
  AUDIT_LOG_REWRITTEN:
    'The log no longer says what it said when you kept the checkpoint. Trust none of it, and compare with an export of your own from before.',
  AUDIT_TABLE_ALTERED: RESTORE,
  RECORD_ALTERED: RESTORE,
  BLOB_ALTERED: 'Restore this file from a backup: its bytes are not what was stored.',
  DECISION_ALTERED:
    'Trust the decision no more than its proof: get the bundle again with `assay gate show ID --bundle FILE`.',
  ROW_ALTERED:
    'Trust the proof no more: get it again with `assay dataset proof`, and if it fails again, ask which rows are stored.',
  ROW_CLAIM_UNPROVED: 'The proof does not show what it says: get it again with `assay dataset proof`.',
  CONTENT_ALTERED: 'The proof is of another version than it names: get it again with `assay dataset proof`.',
  ROW_PROOF_MALFORMED: 'Give a file that `assay dataset proof NAME@VERSION --split SPLIT --key KEY` wrote.',
  BUNDLE_MALFORMED: 'Give a bundle that `assay gate show ID --bundle FILE` saved.',
  LISTING_MALFORMED: 'Run `assay audit verify` again; if it fails again, look at the log of the server.',
} as const;

export type Code = keyof typeof REMEDIES;

/** Collects checks. The first failure is the culprit. */
export class ReportBuilder {
  private readonly checks: Check[] = [];
  private culprit?: Culprit & { code: Code; remedy: string };
  /** Named where everything is right. */
  checkpoint?: string;

  passed(name: string, detail: string): void {
    this.checks.push({ name, ok: true, detail });
  }

  failed(name: string, code: Code, culprit: Culprit): void {
    this.checks.push({ name, ok: false, detail: culprit.reason });
    this.culprit ??= { ...culprit, code, remedy: REMEDIES[code] };
  }

  get hasFailed(): boolean {
    return this.culprit !== undefined;
  }

  report(): VerifyReport {
    const ok = this.culprit === undefined && this.checks.length > 0;
    return {
      ok,
      checks: this.checks,
      ...(this.culprit ? { culprit: this.culprit } : {}),
      ...(ok && this.checkpoint !== undefined ? { checkpoint: this.checkpoint } : {}),
    };
  }
}

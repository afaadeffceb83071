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
  /** The member that does not fit. */
  field: string;
  reason: string;
}

export interface VerifyReport {
  ok: boolean;
  checks: Check[];
  culprit?: Culprit;
}

export interface VerifyOptions {
  /** The verifier key that is known from elsewhere: without it, a proof is only as good as the key it brings along. */
  pinnedPublicKey?: string;
}

/** Collects checks. The first failure is the culprit. */
export class ReportBuilder {
  private readonly checks: Check[] = [];
  private culprit?: Culprit;

  passed(name: string, detail: string): void {
    this.checks.push({ name, ok: true, detail });
  }

  failed(name: string, culprit: Culprit): void {
    this.checks.push({ name, ok: false, detail: culprit.reason });
    this.culprit ??= culprit;
  }

  get hasFailed(): boolean {
    return this.culprit !== undefined;
  }

  report(): VerifyReport {
    return {
      ok: this.culprit === undefined && this.checks.length > 0,
      checks: this.checks,
      ...(this.culprit ? { culprit: this.culprit } : {}),
    };
  }
}

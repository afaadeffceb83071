/** Why a rule cannot pass although what was measured clears. */
export interface Hold {
  reason: string;
  remedy: string;
  /** Tells nothing about sealed rows, so everyone may read it: what was not sent, not compared, or is too old. */
  open: boolean;
}

/** What became of a contract that left its listing, as far as it can be known (OUTCOMES.md). */
export type Outcome =
  | 'sold'
  | 'sold_likely'
  | 'relisted'
  | 'relisted_likely'
  | 'expired'
  | 'sold_or_withdrawn'
  | 'buyout_or_withdrawn'
  | 'taken_or_withdrawn';

/** What an outcome is worth; `none` says only what it may be. */
type Confidence = 'high' | 'medium' | 'none';

/** What ESI answered to the question for the items of a contract that it may have ended. */
export interface Probe {
  /** Of HTTP; 0 when no answer came. */
  readonly status: number;
  /** ESI's text; null where it sent none. */
  readonly error: string | null;
  /** ISO 8601, UTC, by ESI's clock. */
  readonly at: string;
  /** Answers so far that told nothing for good. */
  readonly attempts?: number;
  /** Asked again from then on (ISO 8601, UTC); absent when the answer is final. */
  readonly retryAt?: string;
}

/** A later contract of the same issuer with the same goods. */
export interface Successor {
  readonly contractId: number;
  /** By the id of an item, or only by the like items. */
  readonly by: 'item_id' | 'items';
  /** ISK. */
  readonly price: number | null;
}

/** What speaks for an outcome, as `contracts.outcome_evidence` keeps it. */
export interface Evidence {
  /** Numbers of all rules of OUTCOMES.md that matched, ascending. */
  readonly rules: readonly number[];
  readonly rulesVersion: number;
  readonly probe?: Probe;
  readonly successorId?: number;
  readonly successorBy?: Successor['by'];
  /** ISK; null where it has none. */
  readonly successorPrice?: number | null;
  /** The successor has another price. */
  readonly repriced?: true;
  /** ISK of the highest bid that was seen. */
  readonly lastBid?: number;
  /** It was accepted, and listed again as well. */
  readonly conflict?: true;
  /** Archives of EVE Ref tell when it ended. */
  readonly source?: 'everef';
  /** ESI was not asked, since `OUTCOME_PROBES` is 0. */
  readonly probes?: 'off';
}

/** What is said of the end of a contract. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly confidence: Confidence;
  /** ISK; null where it is not known. */
  readonly price: number | null;
  readonly successorId: number | null;
  readonly evidence: Evidence;
}

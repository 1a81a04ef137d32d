/** One thing that went wrong, as the summary shows it. */
export interface Failure {
  readonly regionId?: number;
  readonly contractId?: number;
  readonly typeId?: number;
  readonly message: string;
}

/** Failures in the summary at most; their full number stands beside them. */
export const MAX_FAILURES = 50;

/** What one run did. The only object that is written from several places. */
export class RunReport {
  readonly regions = { total: 0, succeeded: 0, failed: 0, unchanged: 0 };
  readonly contracts = {
    listed: 0,
    inserted: 0,
    updated: 0,
    closed: 0,
    expired: 0,
    reopened: 0,
    skipped: 0,
    unavailable: 0,
    pending: 0,
  };
  readonly items = { inserted: 0 };
  readonly types = { discovered: 0, refreshed: 0, failed: 0 };
  /** Issuers and their corporations: names that came, and those still missing. */
  readonly names = { resolved: 0, missing: 0 };
  /** Locations whose system became known, and those whose is not; structures of players left out. */
  readonly places = { resolved: 0, missing: 0 };
  /** Auctions whose bids were asked for, and bids that were new. */
  readonly bids = { auctions: 0, inserted: 0 };
  /** Ended contracts: those that got an outcome, those that ESI was asked about, and those that got another. */
  readonly outcomes = { decided: 0, probed: 0, revised: 0 };
  /** Milliseconds that asking about ended contracts took. */
  probingMs = 0;
  /** Ship contracts that are outstanding in the regions of the run, when it ends. */
  shipContracts = 0;
  /** Those of them that this run found, stored or not. */
  newShipContracts = 0;
  /** Ship contracts that this run found to be gone, closed or not. */
  goneShipContracts = 0;
  failureCount = 0;
  /** True when the time limit left work undone. */
  ranOutOfTime = false;
  readonly failures: Failure[] = [];

  fail(failure: Failure): void {
    this.failureCount += 1;
    if (this.failures.length < MAX_FAILURES) this.failures.push(failure);
  }
}

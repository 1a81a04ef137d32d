import { RunReport } from '../../src/report/run-report.ts';

/** Every count is another number. */
export const ESI_COUNTS = {
  requests: 41,
  cacheFresh: 2,
  cacheHits: 3,
  cacheMisses: 4,
  retries: 5,
  errors: 6,
  waitedMs: 7250,
};

/** The report of a partial run in which every count is another number. */
export function filledReport(): RunReport {
  const report = new RunReport();
  Object.assign(report.regions, { total: 9, succeeded: 6, failed: 1, unchanged: 4 });
  Object.assign(report.contracts, {
    listed: 100,
    inserted: 11,
    updated: 12,
    closed: 13,
    expired: 14,
    reopened: 15,
    skipped: 16,
    unavailable: 17,
    pending: 18,
  });
  report.items.inserted = 70;
  Object.assign(report.types, { discovered: 21, refreshed: 22, failed: 23 });
  Object.assign(report.names, { resolved: 24, missing: 25 });
  Object.assign(report.places, { resolved: 26, missing: 27 });
  Object.assign(report.bids, { auctions: 28, inserted: 29 });
  Object.assign(report.outcomes, { decided: 32, probed: 33, revised: 34 });
  report.probingMs = 35_000;
  report.shipContracts = 31;
  report.fail({ regionId: 10_000_002, message: 'no answer' });
  return report;
}

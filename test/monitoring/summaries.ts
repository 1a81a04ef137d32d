import { RunReport } from '../../src/report/run-report.ts';
import { type Summary, summarise } from '../../src/report/summary.ts';

export const RUN_ID = '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f';

/** A partial run in which every count is another number. */
export function summaryOf(changes: Partial<Summary> = {}): Summary {
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
  report.shipContracts = 31;
  report.fail({ regionId: 10_000_002, message: 'no answer' });
  const summary = summarise({
    runId: RUN_ID,
    dryRun: false,
    startedAt: new Date('2026-09-08T12:00:00Z'),
    finishedAt: new Date('2026-09-08T12:01:02.500Z'),
    durationMs: 62_500,
    end: { outcome: 'partial', exitCode: 1 },
    report,
    esi: {
      requests: 41,
      cacheFresh: 2,
      cacheHits: 3,
      cacheMisses: 4,
      retries: 5,
      errors: 6,
      waitedMs: 7250,
    },
    database: { statements: 8, rowsWritten: 9 },
  });
  return { ...summary, ...changes };
}

import { describe, expect, it } from 'vitest';
import { RunReport } from '../../src/report/run-report.ts';
import { type SummaryParts, summarise } from '../../src/report/summary.ts';
import { ESI_COUNTS, filledReport } from '../support/filled-report.ts';

const RUN_ID = '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f';
function summaryOf(parts: Partial<SummaryParts> = {}) {
  return summarise({
    runId: RUN_ID,
    dryRun: false,
    startedAt: new Date('2026-09-08T12:00:00Z'),
    // An hour off: the clock was set back meanwhile.
    finishedAt: new Date('2026-09-08T11:01:02.500Z'),
    durationMs: 62_500,
    end: { outcome: 'partial', exitCode: 1 },
    report: filledReport(),
    esi: ESI_COUNTS,
    database: { statements: 8, rowsWritten: 9 },
    ...parts,
  });
}

describe('the summary as an object', () => {
  it('has every field that is promised, and no other', () => {
    expect(JSON.parse(JSON.stringify(summaryOf()))).toEqual({
      runId: RUN_ID,
      outcome: 'partial',
      exitCode: 1,
      dryRun: false,
      startedAt: '2026-09-08T12:00:00.000Z',
      finishedAt: '2026-09-08T11:01:02.500Z',
      durationMs: 62_500,
      regions: { total: 9, succeeded: 6, failed: 1, unchanged: 4 },
      contracts: {
        listed: 100,
        inserted: 11,
        updated: 12,
        closed: 13,
        expired: 14,
        reopened: 15,
        skipped: 16,
        unavailable: 17,
        pending: 18,
      },
      shipContracts: 31,
      items: { inserted: 70 },
      types: { discovered: 21, refreshed: 22, failed: 23 },
      names: { resolved: 24, missing: 25 },
      places: { resolved: 26, missing: 27 },
      bids: { auctions: 28, inserted: 29 },
      outcomes: { decided: 32, probed: 33, revised: 34, probingMs: 35_000 },
      esi: ESI_COUNTS,
      database: { statements: 8, rowsWritten: 9 },
      failures: [{ regionId: 10_000_002, message: 'no answer' }],
      failureCount: 1,
    });
  });

  it('has the same fields, all 0, when the run ended before it began', () => {
    const report = new RunReport();
    const empty = summaryOf({ report, esi: undefined, database: undefined });

    expect(Object.keys(empty)).toEqual(Object.keys(summaryOf()));
    expect(Object.keys(empty.esi)).toEqual(Object.keys(ESI_COUNTS));
    expect(new Set(Object.values(empty.esi))).toEqual(new Set([0]));
    expect(empty.database).toEqual({ statements: 0, rowsWritten: 0 });
    expect(empty).toMatchObject({ failures: [], failureCount: 0, shipContracts: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { RunReport } from '../../src/report/run-report.ts';
import { formatSummary, type SummaryParts, summarise } from '../../src/report/summary.ts';

const RUN_ID = '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f';
const ESI = {
  requests: 41,
  cacheFresh: 2,
  cacheHits: 3,
  cacheMisses: 4,
  retries: 5,
  errors: 6,
  waitedMs: 7000,
};

function filledReport(): RunReport {
  const report = new RunReport();
  Object.assign(report.regions, { total: 4, succeeded: 3, failed: 1, unchanged: 2 });
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
  report.newShipContracts = 32;
  report.fail({ regionId: 10_000_002, message: 'no answer' });
  return report;
}

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
    esi: ESI,
    database: { statements: 8, rowsWritten: 9 },
    ...parts,
  });
}

describe('the summary as an object', () => {
  it('names the shard of a run that is one of several', () => {
    expect(summaryOf({ shard: '1/3' })).toEqual({ ...summaryOf(), shard: '1/3' });
  });

  it('has every field that is promised, and no other', () => {
    expect(JSON.parse(JSON.stringify(summaryOf()))).toEqual({
      runId: RUN_ID,
      outcome: 'partial',
      exitCode: 1,
      dryRun: false,
      startedAt: '2026-09-08T12:00:00.000Z',
      finishedAt: '2026-09-08T11:01:02.500Z',
      durationMs: 62_500,
      regions: { total: 4, succeeded: 3, failed: 1, unchanged: 2 },
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
      esi: ESI,
      database: { statements: 8, rowsWritten: 9 },
      failures: [{ regionId: 10_000_002, message: 'no answer' }],
      failureCount: 1,
    });
  });

  it('has the same fields, all 0, when the run ended before it began', () => {
    const report = new RunReport();
    const empty = summaryOf({ report, esi: undefined, database: undefined });

    expect(Object.keys(empty)).toEqual(Object.keys(summaryOf()));
    expect(Object.keys(empty.esi)).toEqual(Object.keys(ESI));
    expect(new Set(Object.values(empty.esi))).toEqual(new Set([0]));
    expect(empty.database).toEqual({ statements: 0, rowsWritten: 0 });
    expect(empty).toMatchObject({ failures: [], failureCount: 0, shipContracts: 0 });
  });
});

describe('the summary for people', () => {
  it('tells outcome, duration and counts', () => {
    const text = formatSummary(summaryOf());

    expect(text.split('\n')).toEqual([
      'partial in 62.5 s',
      'regions    3 of 4 done, 2 unchanged, 1 failed',
      'contracts  100 listed; inserted 11, updated 12, reopened 15, closed 13, expired 14',
      '           18 pending, 17 unavailable, 16 skipped',
      'ships      31 ship contracts outstanding',
      'items      70 inserted; types: 21 new, 22 refreshed, 23 failed',
      'ESI        41 requests, 3 not modified, 2 from the cache, 5 retries, 6 errors',
      'database   8 statements, 9 rows written',
      'failures   1',
      '  regionId 10000002: no answer',
    ]);
  });

  it('says that a dry run wrote nothing', () => {
    const text = formatSummary(summaryOf({ dryRun: true }));

    expect(text).toContain('dry run');
    expect(text).toContain('would insert 11');
  });

  it('has no line on failures when there were none', () => {
    expect(formatSummary(summaryOf({ report: new RunReport() }))).not.toContain('failures');
  });

  it('shows the first five failures and the number of all', () => {
    const report = new RunReport();
    for (let contractId = 1; contractId <= 60; contractId += 1) {
      report.fail({ contractId, message: 'odd' });
    }

    const lines = formatSummary(summaryOf({ report })).split('\n');

    expect(lines.slice(-6)).toEqual([
      'failures   60',
      ...[1, 2, 3, 4, 5].map((contractId) => `  contractId ${contractId}: odd`),
    ]);
  });
});

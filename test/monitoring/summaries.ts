import type { StandingFacts } from '../../src/monitoring/run-metrics.ts';
import { type Summary, summarise } from '../../src/report/summary.ts';
import { ESI_COUNTS, filledReport } from '../support/filled-report.ts';

export const RUN_ID = '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f';

/** Nothing has been stored yet. */
export const NOTHING: StandingFacts = { lastCompleteAt: undefined, regions: [] };
/** Two regions, one without a name. */
export const FACTS: StandingFacts = {
  lastCompleteAt: new Date('2026-09-08T11:40:00.250Z'),
  regions: [
    {
      regionId: 10_000_002,
      name: 'The Forge',
      snapshotLastModified: new Date('2026-09-08T11:30:00Z'),
    },
    { regionId: 10_000_099, name: null, snapshotLastModified: new Date('2026-09-08T11:31:00Z') },
  ],
};

/** A partial run in which every count is another number. */
export function summaryOf(changes: Partial<Summary> = {}): Summary {
  const summary = summarise({
    runId: RUN_ID,
    dryRun: false,
    startedAt: new Date('2026-09-08T12:00:00Z'),
    finishedAt: new Date('2026-09-08T12:01:02.500Z'),
    durationMs: 62_500,
    end: { outcome: 'partial', exitCode: 1 },
    report: filledReport(),
    esi: ESI_COUNTS,
    database: { statements: 8, rowsWritten: 9 },
  });
  return { ...summary, ...changes };
}

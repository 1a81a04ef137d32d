import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RunReport } from '../../src/report/run-report.ts';
import { type SummaryParts, summarise } from '../../src/report/summary.ts';
import { formatSummary } from '../../src/report/summary-text.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';
import { ESI_COUNTS, filledReport } from '../support/filled-report.ts';

const PIPE: Terminal = { isTerminal: false, columns: undefined, hasColors: false };
const NO_ESI_WORK = {
  requests: 0,
  cacheFresh: 0,
  cacheHits: 0,
  cacheMisses: 0,
  retries: 0,
  errors: 0,
  waitedMs: 0,
};

type Counts = Partial<Record<'regions' | 'contracts' | 'types', object>>;

function reportOf(counts: Counts = {}, more: Partial<RunReport> = {}): RunReport {
  const report = new RunReport();
  Object.assign(report.regions, counts.regions);
  Object.assign(report.contracts, counts.contracts);
  Object.assign(report.types, counts.types);
  return Object.assign(report, more);
}

/** With numbers of more digits, for their columns. */
function largeReport(): RunReport {
  const report = filledReport();
  Object.assign(report.contracts, { listed: 23_456 });
  return Object.assign(report, { shipContracts: 1031, items: { inserted: 1070 } });
}

function textOf(parts: Partial<SummaryParts> = {}, terminal = PIPE): string[] {
  const at = new Date('2026-09-08T12:00:00Z');
  const summary = summarise({
    runId: '3f2b8a52-7f43-4a4e-9d2c-6a0c5b1d2e3f',
    dryRun: false,
    startedAt: at,
    finishedAt: at,
    durationMs: 62_500,
    end: { outcome: 'complete', exitCode: 0 },
    report: new RunReport(),
    esi: undefined,
    database: undefined,
    ...parts,
  });
  return formatSummary(summary, terminal).split('\n');
}

const PARTIAL: Partial<SummaryParts> = {
  end: { outcome: 'partial', exitCode: 1 },
  report: largeReport(),
  esi: { ...ESI_COUNTS, requests: 1041, errors: 1 },
  database: { statements: 8, rowsWritten: 1 },
};

describe('the summary for people', () => {
  it('has the outcome first, then what matters with numbers in a column, failures last', () => {
    expect(textOf(PARTIAL)).toEqual([
      'partial after 1 min 3 s, exit code 1: 1 of 9 regions failed',
      'regions         6 of 9 done, 4 unchanged, 1 failed',
      'contracts  23,456 listed, 11 inserted, 12 updated, 15 reopened, 13 closed, 14 expired',
      '               18 pending, 17 unavailable, 16 skipped',
      'ships       1,031 for sale',
      'items       1,070 inserted',
      'types          21 new, 22 refreshed, 23 failed',
      'names          24 found, 25 missing',
      'places         26 found, 27 missing',
      'bids           29 new, 28 auctions asked for',
      'outcomes       32 decided, 34 revised, 33 asked about in 35.0 s',
      'ESI         1,041 requests, 3 not modified, 2 from the cache, 5 retries, 1 error, 7.3 s held back by its limits',
      'database        1 row written',
      'failures: 1',
      '  region 10000002: no answer',
    ]);
  });

  it('breaks its lines where the terminal ends, between what belongs together', () => {
    const lines = textOf(PARTIAL, { isTerminal: true, columns: 48, hasColors: false });

    expect(lines.slice(0, 6)).toEqual([
      'partial after 1 min 3 s, exit code 1: 1 of 9',
      '  regions failed',
      'regions         6 of 9 done, 4 unchanged,',
      '                  1 failed',
      'contracts  23,456 listed, 11 inserted,',
      '                  12 updated, 15 reopened,',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(48);
  });

  it('leaves out what did not happen', () => {
    const report = reportOf({ regions: { total: 1, succeeded: 1 }, contracts: { listed: 5 } });

    expect(textOf({ report, durationMs: 812 })).toEqual([
      'complete in 0.8 s',
      'regions    1 of 1 done',
      'contracts  5 listed, nothing changed',
      'ships      0 for sale',
    ]);
  });

  it('tells of a dry run what a run would do', () => {
    const report = largeReport();

    const lines = textOf({ ...PARTIAL, report, dryRun: true });

    expect(lines[0]).toMatch(/^dry run partial after .*, nothing was written$/);
    expect(lines).toContain(
      'contracts  23,456 listed, would insert 11, update 12, reopen 15, close 13, expire 14',
    );
    expect(lines).toContain('ships       1,031 would be for sale');
    expect(lines).toContain('items       1,070 would be inserted');
  });

  it('has no more colours than meaning, and the same words with them', () => {
    const colored = textOf(PARTIAL, { ...PIPE, hasColors: true });

    expect(colored[0]).toContain('\u001b[33mpartial');
    expect(colored.map(stripVTControlCharacters)).toEqual(textOf(PARTIAL));
  });
});

describe('what failed', () => {
  it('shows the first five failures and how many more there were', () => {
    const report = new RunReport();
    for (let contractId = 1; contractId <= 60; contractId += 1) {
      report.fail({ contractId, message: 'odd\nbody' });
    }

    expect(textOf({ report }).slice(-7)).toEqual([
      'failures: 60',
      ...[1, 2, 3, 4, 5].map((contractId) => `  contract ${contractId}: odd body`),
      '  and 55 more',
    ]);
  });

  it('cuts a failure that is longer than a line', () => {
    const report = new RunReport();
    report.fail({ regionId: 1, contractId: 2, message: 'x'.repeat(100) });
    const lines = textOf({ report }, { isTerminal: true, columns: 40, hasColors: false });

    expect(lines.at(-1)).toBe(`  region 1, contract 2: ${'x'.repeat(15)}…`);
  });
});

describe('the first line', () => {
  it.each([
    ['complete', 0, 'complete in 62.5 s'],
    ['partial', 1, 'exit code 1: ESI gave no usable answer'],
    ['unavailable', 69, 'exit code 69: the lock server cannot be reached'],
    ['failed', 64, 'exit code 64: wrong usage'],
    ['failed', 70, 'exit code 70: a fault of the program'],
    ['failed', 74, 'exit code 74: the database failed, or a result could not be written'],
    ['locked', 75, 'exit code 75: the lock is held by another run, or was lost'],
    ['failed', 78, 'exit code 78: invalid settings'],
    ['interrupted', 130, 'exit code 130: stopped by Ctrl-C'],
    ['interrupted', 143, 'exit code 143: stopped by SIGTERM'],
  ] as const)('of a run that is %s with %i ends with: %s', (outcome, exitCode, end) => {
    const expected =
      exitCode === 0 ? 'complete in 1 min 3 s' : `${outcome} after 1 min 3 s, ${end}`;

    expect(textOf({ end: { outcome, exitCode } })[0]).toBe(expected);
  });

  it('tells of a time limit', () => {
    const report = reportOf({ regions: { total: 3, succeeded: 1 } });
    const end = { outcome: 'partial', exitCode: 1 } as const;

    expect(textOf({ report, end })[0]).toMatch(/, exit code 1: the time limit came first$/);
  });

  it('is followed by what ended the run as a whole', () => {
    const report = filledReport();
    report.fail({ message: 'the database is gone; see that it runs' });
    const end = { outcome: 'failed', exitCode: 74 } as const;

    const lines = textOf({ report, end, esi: NO_ESI_WORK });

    expect(lines[1]).toBe('  the database is gone; see that it runs');
    expect(lines.slice(-2)).toEqual(['failures: 1', '  region 10000002: no answer']);
  });
});

describe('a run that was ended early', () => {
  const INTERRUPTED = { outcome: 'interrupted', exitCode: 130 } as const;

  it.each([
    { end: INTERRUPTED },
    { end: { outcome: 'failed', exitCode: 74 } as const },
    { end: { outcome: 'locked', exitCode: 75 } as const },
  ])('says what was kept: $end.outcome', ({ end }) => {
    const report = reportOf({ contracts: { inserted: 1234 } }, { items: { inserted: 5678 } });

    expect(textOf({ report, end })).toContain(
      'what was stored before stays: 1,234 contracts, 5,678 items; the next run goes on from there',
    );
  });

  it('before it stored anything says so', () => {
    const report = new RunReport();
    report.fail({ message: 'Stopped by SIGINT' });

    expect(textOf({ report, end: INTERRUPTED })).toEqual([
      'interrupted after 1 min 3 s, exit code 130: stopped by Ctrl-C',
      'nothing new was stored; the next run begins there',
    ]);
  });

  it('keeps nothing as a dry run', () => {
    const report = reportOf({ contracts: { inserted: 1234 } });

    expect(textOf({ report, end: INTERRUPTED, dryRun: true }).join()).not.toContain('stays');
  });
});

import { expect, it } from 'vitest';
import { formatStatus, type Status, storageWords } from '../../src/report/status-report.ts';

const BEFORE_THE_FIRST_RUN: Status = {
  lastGoodRunAt: null,
  isFresh: null,
  staleness: null,
  counts: {
    outstanding: 0,
    shipContracts: 0,
    pendingItems: 0,
    unavailableItems: 0,
    types: 0,
    typesToRefresh: 0,
    typesWithErrors: 0,
    missingNames: 0,
    missingPlaces: 0,
  },
  storage: { bytes: 0, oldestEndAt: null, bytesAMonth: null },
  runs: [],
  regions: [],
};

it('before the first run, the status has no table without rows', () => {
  const terminal = { isTerminal: false, columns: undefined, hasColors: false };

  expect(formatStatus(BEFORE_THE_FIRST_RUN, new Date(), terminal).split('\n')).toEqual([
    'last good run  never',
    'regions        0 known, 0 stale, 0 capped',
    'contracts      0 outstanding, 0 sell a ship',
    'items          0 pending, 0 unavailable',
    'types          0, 0 to refresh, 0 with errors',
    'size           0 B',
    'missing        0 names, 0 places',
  ]);
});

it.each([
  [999, '999 B'],
  [1000, '1 kB'],
  [25_499_999, '25 MB'],
  [1_260_000_000, '1.3 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are written as %s', (bytes, text) => {
  expect(storageWords({ bytes, bytesAMonth: null, oldestEndAt: null })).toBe(text);
});

it('the size is told with its growth and the oldest contract', () => {
  const oldestEndAt = new Date('2026-06-01T23:59:00Z');
  expect(storageWords({ bytes: 2e9, bytesAMonth: 3.1e8, oldestEndAt })).toBe(
    '2 GB, 310 MB more a month; the oldest contract ended 2026-06-01',
  );
});

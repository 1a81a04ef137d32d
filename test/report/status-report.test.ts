import { expect, it } from 'vitest';
import { formatStatus, type Status } from '../../src/report/status-report.ts';

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
    'missing        0 names, 0 places',
  ]);
});

import { describe, expect, test } from 'vitest';
import type { RegionChoice } from '../../src/model.ts';
import { type Ages, findStaleness } from '../../src/report/freshness.ts';

const NOW = new Date('2026-09-08T12:00:00Z');
const MAX_AGE_MS = 45 * 60_000;

const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const region = (regionId: number, minutes: number | null) => ({
  regionId,
  name: `Region ${regionId}`,
  checkedAt: minutes === null ? null : minutesAgo(minutes),
});

function ask(ages: Partial<Ages>, chosen: RegionChoice = 'all'): string | undefined {
  const lastEnd = { finishedAt: minutesAgo(5), outcome: 'partial', failure: 'ESI is down' };
  const known = { regions: [], knowsAllRegions: true, lastEnd, ...ages };
  return findStaleness(known, { chosen, maxAgeMs: MAX_AGE_MS, now: NOW });
}

describe('regions that must be young', () => {
  test('are as they should be up to the very age', () => {
    expect(ask({ regions: [region(1, 45), region(2, 0)] })).toBeUndefined();
  });

  test('are told of with the oldest first, and with what became of the last run', () => {
    const regions = [region(1, 46), region(2, 300), region(3, 0), region(4, null), region(5, 90)];

    expect(ask({ regions })).toBe(
      '4 of 5 regions are too old: Region 4 (never read), Region 2 (5 h ago), Region 5 (90 min ago) and 1 more; the last run ended 5 min ago: partial (ESI is down)',
    );
  });

  test('are not young by a clock that was wrong', () => {
    const regions = [region(1, -60)];
    expect(ask({ regions, lastEnd: null })).toBe(
      '1 of 1 region is too old: Region 1 (0 min ago); no run has ended yet',
    );
  });

  test('are those that are chosen, read or not', () => {
    const regions = [region(10_000_002, 5), region(1, 300)];

    expect(ask({ regions, knowsAllRegions: false }, [10_000_002])).toBeUndefined();
    expect(ask({ regions }, [10_000_002, 10_000_043])).toMatch(
      /^1 of 2 regions are too old: Domain \(never read\); /,
    );
  });

  test('are all: one that nobody has heard of is too old, too', () => {
    const complete = { finishedAt: minutesAgo(5), outcome: 'complete', failure: null };
    expect(ask({ regions: [region(1, 5)], knowsAllRegions: false, lastEnd: complete })).toBe(
      'no run has been over all regions yet; the last run ended 5 min ago: complete',
    );
    expect(ask({ lastEnd: null })).toBe('no region was ever read; no run has ended yet');
  });
});

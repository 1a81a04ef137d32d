import type { RegionFreshness } from '../../src/monitoring/run-metrics.ts';

const NAMES = [
  'a "quoted" name',
  'back\\slash\\n',
  'two\nlines',
  'x",region_id="1"} 0\ncontracts_agg_last_complete_timestamp_seconds 9',
  'carriage\rreturn',
  'Ünïcödé \u{1f680}\u2028',
];

/** Regions that are called what a text format could stumble over. */
export const HOSTILE_NAMES: readonly RegionFreshness[] = NAMES.map((name, index) => ({
  regionId: 10_000_001 + index,
  name,
  snapshotLastModified: new Date('2026-09-08T11:30:00Z'),
}));

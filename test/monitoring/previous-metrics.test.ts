import { expect, it } from 'vitest';
import { metricsText } from '../../src/monitoring/metrics-text.ts';
import { readStandingFacts } from '../../src/monitoring/previous-metrics.ts';
import { metricsOf, type StandingFacts } from '../../src/monitoring/run-metrics.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { summaryOf } from './summaries.ts';

const NOW = new Date('2026-09-08T12:02:00Z');
const NOTHING: StandingFacts = { lastCompleteAt: undefined, regions: [] };
const FACTS: StandingFacts = {
  lastCompleteAt: new Date('2026-09-08T11:40:00.250Z'),
  regions: [
    ...HOSTILE_NAMES,
    { regionId: 10_000_099, name: null, snapshotLastModified: new Date('2026-09-08T11:31:00Z') },
  ],
};

it('what a metrics file tells beside its run is read as it was written', async () => {
  const text = await metricsText(metricsOf(summaryOf(), FACTS));

  expect(readStandingFacts(text, NOW)).toEqual(FACTS);
});

it('a time of the future comes from a clock that was wrong, and is forgotten', async () => {
  const text = await metricsText(metricsOf(summaryOf(), FACTS));

  expect(readStandingFacts(text, new Date('2026-09-08T11:30:30Z'))).toEqual({
    lastCompleteAt: undefined,
    regions: HOSTILE_NAMES,
  });
});

it.each([
  '',
  '\0\u0001\u0002',
  '<html>contracts_agg_last_complete_timestamp_seconds</html>',
  'contracts_agg_last_complete_timestamp_seconds',
  'contracts_agg_last_complete_timestamp_seconds NaN',
  'contracts_agg_last_complete_timestamp_seconds soon',
  'contracts_agg_region_snapshot_timestamp_seconds{region="x"} 1',
  'contracts_agg_region_snapshot_timestamp_seconds{region_id="x"} 1',
  'contracts_agg_region_snapshot_timestamp_seconds{region_id="1" 1',
])('a file that tells nothing of use is no fault: %j', (text) => {
  expect(readStandingFacts(text, NOW)).toEqual(NOTHING);
});

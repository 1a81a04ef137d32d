import { describe } from 'vitest';
import { metricsText } from '../../../src/monitoring/metrics-text.ts';
import { metricsOf, type StandingFacts } from '../../../src/monitoring/run-metrics.ts';
import { HOSTILE_NAMES } from '../../monitoring/hostile-names.ts';
import { FACTS, NOTHING, summaryOf } from '../../monitoring/summaries.ts';
import { expectPromtool, promtoolTest } from './promtool.ts';

describe('promtool', () => {
  promtoolTest.each<[string, StandingFacts]>([
    ['a run', FACTS],
    ['a first run that failed', NOTHING],
    ['regions with names of any text', { ...FACTS, regions: HOSTILE_NAMES }],
  ])('takes the metrics of %s', async (_, facts) => {
    const text = await metricsText(metricsOf(summaryOf(), facts));
    expectPromtool(['check', 'metrics'], text);
  });
});

import { describe, expect, it } from 'vitest';
import { metricsText } from '../../src/monitoring/metrics-text.ts';
import { metricsOf } from '../../src/monitoring/run-metrics.ts';
import type { Summary } from '../../src/report/summary.ts';
import { FACTS, NOTHING, summaryOf } from './summaries.ts';

function textOf(summary: Summary, facts = FACTS): Promise<string> {
  return metricsText(metricsOf(summary, facts));
}

/** The series of a text, without their descriptions. */
async function seriesOf(summary: Summary, facts = FACTS): Promise<string[]> {
  const text = await textOf(summary, facts);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the metrics of a run', () => {
  it('tell all of its summary, in base units', async () => {
    await expect(await textOf(summaryOf())).toMatchFileSnapshot('partial-run.prom');
  });

  it('are gauges, each with a description', async () => {
    const text = await textOf(summaryOf());
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, , type]) => type);

    expect(new Set(types)).toEqual(new Set(['gauge']));
    expect(text.match(/^# HELP \S+ \S.*\.$/gm)).toHaveLength(types.length);
  });

  it.each([
    { outcome: 'complete', exitCode: 0 },
    { outcome: 'partial', exitCode: 1 },
    { outcome: 'unavailable', exitCode: 69 },
    { outcome: 'failed', exitCode: 74 },
    { outcome: 'interrupted', exitCode: 143 },
  ] as const)('name the outcome $outcome, and no other', async ({ outcome, exitCode }) => {
    const series = await seriesOf(summaryOf({ outcome, exitCode }));
    const outcomes = series.filter((line) => line.startsWith('contracts_agg_last_run_outcome{'));

    expect(series).toContain(`contracts_agg_last_run_exit_code ${exitCode}`);
    expect(outcomes).toHaveLength(5);
    expect(outcomes.filter((line) => line.endsWith(' 1'))).toEqual([
      `contracts_agg_last_run_outcome{outcome="${outcome}"} 1`,
    ]);
  });

  it('count each region once', async () => {
    const series = await seriesOf(summaryOf());
    const counts = series
      .filter((line) => line.startsWith('contracts_agg_last_run_regions{'))
      .map((line) => Number(line.split(' ').at(-1)));

    expect(counts).toEqual([2, 4, 1, 2]);
  });

  it('leave out what is not known', async () => {
    const text = await textOf(summaryOf(), NOTHING);

    expect(text).not.toContain('contracts_agg_last_complete');
    expect(text).not.toContain('contracts_agg_region_');
  });
});

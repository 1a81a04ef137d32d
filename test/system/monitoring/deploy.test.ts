import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { metricsOf } from '../../../src/monitoring/run-metrics.ts';
import { summaryOf } from '../../monitoring/summaries.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { expectPromtool, promtoolTest } from './promtool.ts';

const FACTS = {
  lastCompleteAt: new Date(0),
  regions: [{ regionId: 1, name: 'x', snapshotLastModified: new Date(0) }],
};
const METRICS = metricsOf(summaryOf(), FACTS);
const NAMES = METRICS.map(({ name }) => name).sort();

const RULES = pathOf('deploy/prometheus/contracts-agg.rules.yaml');
const RULE_TESTS = pathOf('deploy/prometheus/contracts-agg.rules.test.yaml');

const dashboard = z.object({
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string().min(1),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).min(1),
    }),
  ),
});
const { panels } = dashboard.parse(JSON.parse(readText('deploy/grafana/contracts-agg.json')));
const queries = panels.flatMap(({ targets }) => targets);

function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

function readText(path: string): string {
  return readFileSync(pathOf(path), 'utf8');
}

/** The metrics of ours that a text names. */
function metricsIn(text: string): string[] {
  return [...new Set(text.match(/contracts_agg_[a-z_]+/g))].sort();
}

/** `label="value"` where a text asks for one. */
function matchersIn(text: string): string[] {
  return [...text.matchAll(/(contracts_agg_[a-z_]+)\{([a-z_]+)="([^"]*)"\}/g)].map(
    ([, name, label, value]) => `${name} ${label} ${value}`,
  );
}

const WRITTEN = METRICS.flatMap(({ name, samples }) =>
  samples.flatMap(({ labels }) =>
    Object.entries(labels).map(([label, value]) => `${name} ${label} ${value}`),
  ),
);

describe.each([
  ['the alert rules', readText('deploy/prometheus/contracts-agg.rules.yaml')],
  ['the dashboard', queries.map(({ expr }) => expr).join('\n')],
])('%s', (_, text) => {
  it('name only metrics that a run writes', () => {
    expect(metricsIn(text).length).toBeGreaterThan(5);
    expect(metricsIn(text).filter((name) => !NAMES.includes(name))).toEqual([]);
  });

  it('ask only for labels that a run writes', () => {
    expect(matchersIn(text)).not.toEqual([]);
    expect(matchersIn(text).filter((matcher) => !WRITTEN.includes(matcher))).toEqual([]);
  });
});

it('the table of metrics has each that a run writes, with its labels, and no other', () => {
  const rows = readText('deploy/prometheus/README.md').matchAll(
    /^\| `(contracts_agg_\w+)` *\|([^|]*)\|/gm,
  );
  const labelsOf = (labels: Readonly<Record<string, string>> = {}) =>
    Object.keys(labels)
      .map((label) => `\`${label}\``)
      .join(', ');

  expect(Object.fromEntries([...rows].map(([, name, labels]) => [name, labels?.trim()]))).toEqual(
    Object.fromEntries(METRICS.map(({ name, samples }) => [name, labelsOf(samples[0]?.labels)])),
  );
});

it('the table of metrics names each value of a label', () => {
  const text = readText('deploy/prometheus/README.md');
  const values = METRICS.filter(({ name }) => name.startsWith('contracts_agg_last_run_')).flatMap(
    ({ samples }) => samples.flatMap(({ labels }) => Object.values(labels)),
  );

  expect(values.filter((value) => !text.includes(`\`${value}\``))).toEqual([]);
});

it('the panels of the dashboard have numbers of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

describe('promtool', () => {
  promtoolTest('takes the alert rules', () => {
    expectPromtool(['check', 'rules', RULES]);
  });

  promtoolTest('sees each alert fire when it should, and not before', () => {
    expectPromtool(['test', 'rules', RULE_TESTS]);
  });

  promtoolTest('takes each query of the dashboard', async () => {
    const rules = queries.map(({ expr }, index) => ({ record: `query:${index}`, expr }));
    // YAML is a superset of JSON.
    const path = join(await tempFolder(), 'queries.yaml');
    await writeFile(path, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));

    expect(expectPromtool(['check', 'rules', path])).toContain(`${queries.length} rules found`);
  });
});

it('each alert has a test', () => {
  const names = (path: string, pattern: RegExp) =>
    new Set([...readText(path).matchAll(pattern)].map(([, name]) => name));
  const alerts = names('deploy/prometheus/contracts-agg.rules.yaml', /alert: (\w+)/g);
  const fired = names(
    'deploy/prometheus/contracts-agg.rules.test.yaml',
    /alertname: (\w+)\n +exp_alerts:\n/g,
  );

  expect(alerts.size).toBeGreaterThan(10);
  expect(fired).toEqual(alerts);
});

import { Gauge, Registry } from 'prom-client';
import type { Metric } from './run-metrics.ts';

/** Metrics in Prometheus' text format. @param labels of every series */
export function metricsText(
  metrics: readonly Metric[],
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const registry = new Registry();
  for (const { name, help, samples } of metrics.filter(({ samples }) => samples.length > 0)) {
    const labelNames = Object.keys({ ...samples[0]?.labels, ...labels });
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
    for (const { labels: own, value } of samples) gauge.set({ ...own, ...labels }, value);
  }
  return registry.metrics();
}

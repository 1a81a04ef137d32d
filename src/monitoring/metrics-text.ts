import { Gauge, Registry } from 'prom-client';
import type { Metric } from './run-metrics.ts';

/** Metrics in Prometheus' text format. */
export function metricsText(metrics: readonly Metric[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, samples } of metrics.filter(({ samples }) => samples.length > 0)) {
    const labelNames = Object.keys({ ...samples[0]?.labels });
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
    for (const { labels, value } of samples) gauge.set({ ...labels }, value);
  }
  return registry.metrics();
}

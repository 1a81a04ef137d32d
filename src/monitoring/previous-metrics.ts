import { idIn } from '../whole-number.ts';
import {
  LAST_COMPLETE,
  REGION_SNAPSHOT,
  type RegionFreshness,
  type StandingFacts,
} from './run-metrics.ts';

/** `name{labels} value`, without a time. */
const SERIES = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/**
 * What a run that failed has to keep of the metrics before it.
 *
 * @param text of the metrics file; whatever is no series of ours in it is left out
 * @param latest a time after it comes from a clock that was wrong
 */
export function readStandingFacts(text: string, latest: Date): StandingFacts {
  let lastCompleteAt: Date | undefined;
  const regions: RegionFreshness[] = [];
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = SERIES.exec(line) ?? [];
    const time = new Date(Number(value) * 1000);
    // Of an invalid date too.
    if (!(time <= latest)) continue;
    if (name === LAST_COMPLETE) lastCompleteAt = time;
    if (name === REGION_SNAPSHOT) regions.push(...regionOf(readLabels(labels), time));
  }
  return { lastCompleteAt, regions };
}

function regionOf(
  { region_id: id, region: name = '' }: Readonly<Record<string, string>>,
  snapshotLastModified: Date,
): RegionFreshness[] {
  const regionId = idIn(id);
  return regionId === undefined ? [] : [{ regionId, name: name || null, snapshotLastModified }];
}

function readLabels(text: string): Record<string, string> {
  const labels = [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [
    name,
    value.replace(/\\[n"\\]/g, (escaped) => ESCAPES[escaped] ?? escaped),
  ]);
  return Object.fromEntries(labels);
}

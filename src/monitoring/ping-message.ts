import type { Summary } from '../report/summary.ts';
import { formatSeconds } from '../terminal/duration.ts';

/** One ping: where it goes, and what it says. */
export interface PingMessage {
  readonly url: string;
  readonly text: string;
}

/** The ping of a run that begins its work. */
export function startPing(base: string, runId: string): PingMessage {
  return { url: pingUrl(base, '/start', runId), text: '' };
}

/**
 * The ping of a run that ended; undefined for one that found another at work, which is no failure,
 * and which the other will tell of.
 */
export function endPing(base: string, summary: Summary): PingMessage | undefined {
  const { exitCode, runId } = summary;
  if (exitCode === 75) return undefined;
  const suffix = exitCode === 0 ? '' : `/${exitCode}`;
  return { url: pingUrl(base, suffix, runId), text: describe(summary) };
}

/** A query (`?create=1`) stays behind the path. */
function pingUrl(base: string, suffix: string, runId: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + suffix;
  url.searchParams.set('rid', runId);
  url.hash = '';
  return url.href;
}

function describe({ outcome, exitCode, durationMs, regions, contracts, ...rest }: Summary): string {
  const { shipContracts, failureCount, failures } = rest;
  const counts = [
    `${regions.succeeded} of ${regions.total} regions`,
    `${contracts.listed} contracts listed, ${contracts.inserted} new`,
    `${shipContracts} ship contracts`,
    ...(failureCount === 0 ? [] : [`${failureCount} failures`]),
  ];
  const first = failures[0] === undefined ? [] : [failures[0].message];
  return [
    `${outcome}, exit code ${exitCode}, ${formatSeconds(durationMs)}: ${counts.join(', ')}`,
    ...first,
  ]
    .join('\n')
    .concat('\n');
}

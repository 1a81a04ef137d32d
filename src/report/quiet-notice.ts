import { formatSeconds } from '../terminal/duration.ts';
import { counted } from '../terminal/numbers.ts';
import type { Summary } from './summary.ts';

const FAILURES_SHOWN = 5;

/**
 * What a quiet run has to say, for a mail of cron: nothing when it was complete, or when another
 * run was at work.
 *
 * @param logFile where the log is, if not on stderr too
 */
export function quietNotice(summary: Summary, logFile: string | undefined): string {
  const { outcome, exitCode, durationMs, runId } = summary;
  if (exitCode === 0 || exitCode === 75) return '';
  const log = logFile === undefined ? [] : [`The log is in ${logFile}: look for ${runId}.`];
  return [
    `contracts-agg run: ${outcome}, exit code ${exitCode}, after ${formatSeconds(durationMs)}`,
    ...failureLines(summary),
    ...log,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function failureLines({ failures, failureCount, regions }: Summary): string[] {
  const shown = failures.slice(0, FAILURES_SHOWN).map(({ regionId, message }) => {
    return regionId === undefined ? `  ${message}` : `  region ${regionId}: ${message}`;
  });
  const left = regions.total - regions.succeeded - regions.failed;
  return [
    ...shown,
    ...(failureCount > shown.length ? [`  and ${failureCount - shown.length} more`] : []),
    ...(left > 0 ? [`  ${counted(left, 'region')} ${left === 1 ? 'was' : 'were'} not done`] : []),
  ];
}

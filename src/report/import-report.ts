import type { ImportedArchives } from '../importing/import-archives.ts';
import { formatDuration } from '../terminal/duration.ts';
import { counted, formatNumber } from '../terminal/numbers.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Failure, RunReport } from './run-report.ts';

/** What an import did: one object on stdout with `--json`, and kept in `aggregation_runs`. */
export interface ImportSummary {
  readonly runId: string;
  readonly outcome: string;
  readonly exitCode: number;
  /** ISO 8601, UTC; as is finishedAt. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly archives: ImportedArchives;
  readonly contracts: Pick<
    RunReport['contracts'],
    'listed' | 'inserted' | 'updated' | 'closed' | 'expired' | 'skipped' | 'pending'
  >;
  readonly items: RunReport['items'];
  readonly bids: RunReport['bids'];
  readonly outcomes: Pick<RunReport['outcomes'], 'decided' | 'revised'>;
  readonly failures: readonly Failure[];
  readonly failureCount: number;
  /** The time limit left archives. */
  readonly ranOutOfTime: boolean;
}

/** Of failures, as many are shown. */
const FAILURES_SHOWN = 10;

/** What an import did, for people. */
export function formatImport(summary: ImportSummary): string {
  const { archives, contracts, items, bids, outcomes, failures, failureCount } = summary;
  const shown = failures.slice(0, FAILURES_SHOWN);
  const passedOver = [
    [archives.unchanged, 'not changed since they were imported'],
    [archives.old, 'older than what is stored'],
    [archives.failed, 'not imported'],
  ] as const;
  return [
    `${counted(archives.imported, 'archive')} imported in ${formatDuration(summary.durationMs)}`,
    ...passedOver.flatMap(([count, what]) =>
      count === 0 ? [] : [`${counted(count, 'archive')} ${what}`],
    ),
    `${formatNumber(contracts.inserted)} new contracts with ${counted(items.inserted, 'item')}, ${counted(bids.inserted, 'new bid')}`,
    `${formatNumber(contracts.closed + contracts.expired)} ended, ${formatNumber(outcomes.decided)} outcomes`,
    ...(contracts.pending === 0
      ? []
      : [
          `${formatNumber(contracts.pending)} wait for ESI to tell their types or items: the next run asks`,
        ]),
    ...(contracts.skipped === 0 ? [] : [`${formatNumber(contracts.skipped)} could not be read`]),
    ...shown.map(({ message }) => `failed: ${plainText(message)}`),
    ...(failureCount > shown.length
      ? [`and ${formatNumber(failureCount - shown.length)} more`]
      : []),
    ...(summary.ranOutOfTime ? ['the time limit came first; begin it again for the rest'] : []),
  ].join('\n');
}

import { formatDuration } from '../terminal/duration.ts';
import { formatNumber } from '../terminal/numbers.ts';
import { plainText } from '../terminal/plain-text.ts';
import { paint, type Style, type Terminal } from '../terminal/terminal.ts';
import { meaningOf, type Outcome } from './exit-code.ts';
import type { Failure } from './run-report.ts';
import type { Summary } from './summary.ts';
import { breakWords, formatLines, type SummaryLine } from './summary-lines.ts';

const FAILURES_SHOWN = 5;
const STYLES: Readonly<Record<Outcome, Style>> = {
  complete: 'green',
  partial: 'yellow',
  locked: 'yellow',
  interrupted: 'yellow',
  unavailable: 'red',
  failed: 'red',
};
const IDS = [
  ['regionId', 'region'],
  ['contractId', 'contract'],
  ['typeId', 'type'],
] as const;

/** The summary for people: how it ended, then only what matters, then what failed. */
export function formatSummary(summary: Summary, terminal: Terminal): string {
  return [
    ...headOf(summary, terminal),
    ...reasonsOf(summary).flatMap((message) => breakWords(`  ${message}`, '  ', terminal)),
    ...formatLines([...dataLines(summary), ...costLines(summary)], terminal),
    ...keptLine(summary).flatMap((line) => breakWords(line, '  ', terminal)),
    ...failureLines(summary, terminal),
  ].join('\n');
}

function headOf(summary: Summary, terminal: Terminal): string[] {
  const { outcome, exitCode, dryRun, durationMs } = summary;
  const words = `${dryRun ? 'dry run ' : ''}${outcome} ${outcome === 'complete' ? 'in' : 'after'}`;
  const text = [
    `${words} ${formatDuration(durationMs)}`,
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}: ${whyOf(summary)}`]),
    ...(dryRun ? ['nothing was written'] : []),
  ].join(', ');
  const painted = paint(paint(outcome, STYLES[outcome], terminal), 'bold', terminal);
  const [first = '', ...others] = breakWords(text, '  ', terminal);
  return [first.replace(outcome, painted), ...others];
}

function whyOf({ exitCode, regions }: Summary): string {
  if (exitCode !== 1) return meaningOf(exitCode);
  if (regions.failed > 0) return `${regions.failed} of ${regions.total} regions failed`;
  return regions.total === 0 ? 'ESI gave no usable answer' : 'the time limit came first';
}

/** What ended the run as a whole. A signal says no more than the head. */
function reasonsOf({ outcome, failures }: Summary): string[] {
  if (outcome === 'interrupted') return [];
  return failures.filter((failure) => !isOfOne(failure)).map(({ message }) => plainText(message));
}

function dataLines(summary: Summary): SummaryLine[] {
  const { regions, contracts, items, types, dryRun, outcome, shipContracts } = summary;
  const isCounted = regions.total > 0 && (outcome === 'complete' || outcome === 'partial');
  const would = dryRun ? 'would be ' : '';
  return [
    {
      label: 'regions',
      entries: [
        ...(regions.total === 0 ? [] : [`${regions.succeeded} of ${regions.total} done`]),
        ...counted(regions.unchanged, 'unchanged'),
        ...counted(regions.failed, 'failed'),
      ],
    },
    { label: 'contracts', entries: [...counted(contracts.listed, 'listed'), ...changes(summary)] },
    {
      label: '',
      entries: [
        ...counted(contracts.pending, 'pending'),
        ...counted(contracts.unavailable, 'unavailable'),
        ...counted(contracts.skipped, 'skipped'),
      ],
    },
    {
      label: 'ships',
      entries: isCounted ? [`${formatNumber(shipContracts)} ${would}for sale`] : [],
    },
    { label: 'items', entries: counted(items.inserted, `${would}inserted`) },
    {
      label: 'types',
      entries: [
        ...counted(types.discovered, 'new'),
        ...counted(types.refreshed, 'refreshed'),
        ...counted(types.failed, 'failed'),
      ],
    },
    { label: 'names', entries: foundAndMissing(summary.names) },
    { label: 'places', entries: foundAndMissing(summary.places) },
    {
      label: 'bids',
      entries: [
        ...counted(summary.bids.inserted, 'new'),
        ...counted(summary.bids.auctions, 'auctions asked for', 'auction asked for'),
      ],
    },
    { label: 'outcomes', entries: outcomesOf(summary) },
  ];
}

function outcomesOf({ outcomes }: Summary): string[] {
  const { decided, revised, probed, probingMs } = outcomes;
  return [
    ...counted(decided, 'decided'),
    ...counted(revised, 'revised'),
    ...(probed === 0
      ? []
      : [`${formatNumber(probed)} asked about in ${formatDuration(probingMs)}`]),
  ];
}

function foundAndMissing({ resolved, missing }: Summary['names']): string[] {
  return [...counted(resolved, 'found'), ...counted(missing, 'missing')];
}

function changes({ contracts, dryRun }: Summary): string[] {
  const verbs = [
    ['insert', 'inserted', contracts.inserted],
    ['update', 'updated', contracts.updated],
    ['reopen', 'reopened', contracts.reopened],
    ['close', 'closed', contracts.closed],
    ['expire', 'expired', contracts.expired],
  ] as const;
  const done = verbs.filter(([, , count]) => count > 0);
  if (done.length === 0) return contracts.listed === 0 ? [] : ['nothing changed'];
  if (!dryRun) return done.map(([, verb, count]) => `${formatNumber(count)} ${verb}`);
  return done.map(
    ([verb, , count], index) => `${index === 0 ? 'would ' : ''}${verb} ${formatNumber(count)}`,
  );
}

function costLines({ esi, database }: Summary): SummaryLine[] {
  const held =
    esi.waitedMs < 1000 ? [] : [`${formatDuration(esi.waitedMs)} held back by its limits`];
  return [
    {
      label: 'ESI',
      isDim: true,
      entries: [
        ...counted(esi.requests, 'requests', 'request'),
        ...counted(esi.cacheHits, 'not modified'),
        ...counted(esi.cacheFresh, 'from the cache'),
        ...counted(esi.retries, 'retries', 'retry'),
        ...counted(esi.errors, 'errors', 'error'),
        ...held,
      ],
    },
    {
      label: 'database',
      isDim: true,
      entries: counted(database.rowsWritten, 'rows written', 'row written'),
    },
  ];
}

/** Whoever stopped a run, or sees it fail, asks first whether it was for nothing. */
function keptLine({ outcome, dryRun, contracts, items }: Summary): string[] {
  if (dryRun || outcome === 'complete' || outcome === 'partial') return [];
  if (contracts.inserted + items.inserted === 0) {
    return outcome === 'interrupted' ? ['nothing new was stored; the next run begins there'] : [];
  }
  const kept = `${formatNumber(contracts.inserted)} contracts, ${formatNumber(items.inserted)} items`;
  return [`what was stored before stays: ${kept}; the next run goes on from there`];
}

function failureLines({ failures, failureCount }: Summary, terminal: Terminal): string[] {
  const ofOne = failures.filter(isOfOne);
  const shown = ofOne.slice(0, FAILURES_SHOWN);
  const count = failureCount - (failures.length - ofOne.length);
  if (count === 0) return [];
  const more = count > shown.length ? [`  and ${formatNumber(count - shown.length)} more`] : [];
  const lines = shown.map((failure) =>
    cut(`  ${placeOf(failure)}: ${plainText(failure.message)}`, terminal),
  );
  return [paint(`failures: ${formatNumber(count)}`, 'red', terminal), ...lines, ...more];
}

function isOfOne(failure: Failure): boolean {
  return IDS.some(([key]) => failure[key] !== undefined);
}

function placeOf(failure: Failure): string {
  return IDS.filter(([key]) => failure[key] !== undefined)
    .map(([key, name]) => `${name} ${failure[key]}`)
    .join(', ');
}

function cut(text: string, { columns }: Terminal): string {
  return columns === undefined || text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}

/** Nothing for 0: what did not happen does not matter. */
function counted(count: number, many: string, one = many): string[] {
  return count === 0 ? [] : [`${formatNumber(count)} ${count === 1 ? one : many}`];
}

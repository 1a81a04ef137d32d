import type { Wait, WaitReason } from '../esi/limits/wait.ts';
import { formatTimeLeft } from './duration.ts';
import { formatNumber } from './numbers.ts';
import { paint, type Terminal } from './terminal.ts';

/** What the line tells. */
export interface ProgressState {
  /** Undefined until the regions are known. */
  readonly regions: number | undefined;
  readonly regionsDone: number;
  readonly contractsDone: number;
  readonly contractsExpected: number;
  /** Whether every region has told how many contracts it has. */
  readonly isAllKnown: boolean;
  /** Requests for items and types; undefined until it can be told. */
  readonly perSecond: number | undefined;
  /** Undefined where nobody can tell. */
  readonly timeLeftMs: number | undefined;
  readonly wait: Wait | undefined;
  /** Vanished contracts that ESI is asked about; undefined until it comes to them. */
  readonly probes?: { readonly done: number; readonly contracts: number } | undefined;
}

type Show = Pick<Terminal, 'columns' | 'hasColors'>;

/** Of a terminal that does not tell its size. */
const USUAL_COLUMNS = 80;
/** The last column, which may break the line, and two for the `^C` that a terminal echoes. */
const KEPT_FREE = 3;
/** With its brackets. Few widths, so that it stands still while the numbers beside it change. */
const BAR_WIDTHS = [24, 16, 8];
const REASONS: Readonly<Record<WaitReason, string>> = {
  errorBudget: 'ESI error budget',
  pause: 'ESI asks for a pause',
  tokens: 'ESI rate limit',
  listing: 'next listing of ESI',
  retry: 'a retry',
};

/**
 * One line that always fits: as much of it as there is room for, what matters most to the end.
 *
 * @param nowMs by the clock of the wait
 */
export function progressLine(state: ProgressState, show: Show, nowMs: number): string {
  const columns = (show.columns ?? USUAL_COLUMNS) - KEPT_FREE;
  const texts = textsOf(state, nowMs).map((parts) =>
    parts.filter((part) => part !== '').join(', '),
  );
  const text = texts.find((one) => one.length <= columns) ?? (texts.at(-1) ?? '').slice(0, columns);
  const bar = barOf(state, columns - text.length - 1);
  return `${bar === '' ? '' : `${paint(bar, 'green', show)} `}${inColor(text, state, show)}`;
}

/** All of it in one line, for a log. @param nowMs by the clock of the wait */
export function progressText(state: ProgressState, nowMs: number): string {
  const [longest = []] = textsOf(state, nowMs);
  return longest.filter((part) => part !== '').join(', ');
}

/** From the longest to the shortest. */
function textsOf(state: ProgressState, nowMs: number): readonly (readonly string[])[] {
  const { regions, wait } = state;
  const reason = wait === undefined ? '' : describeWait(wait, nowMs);
  const waiting = reason === '' ? [] : [`waiting: ${reason}`];
  if (regions === undefined) return [['getting ready', ...waiting], [reason || 'getting ready']];
  if (state.probes !== undefined) return probingTexts(state.probes, waiting);
  const more = state.isAllKnown ? '' : '+';
  const counts = `${formatNumber(state.contractsDone)}/${formatNumber(state.contractsExpected)}${more}`;
  const regionCounts = `${formatNumber(state.regionsDone)}/${formatNumber(regions)} regions`;
  const pace = reason === '' ? [rateOf(state), knownLeftOf(state)] : waiting;
  const fullPace = reason === '' ? [rateOf(state), leftOf(state)] : waiting;
  return [
    [`${counts} contracts`, regionCounts, ...fullPace],
    [`${counts} contracts`, regionCounts, ...pace],
    [counts, regionCounts, ...pace],
    [counts, ...pace],
    [reason === '' ? counts : `waiting: ${reason}`],
    [reason || counts],
  ];
}

/** The pace is OUTCOMES.md's, whatever ESI would bear. */
function probingTexts(
  { done, contracts }: NonNullable<ProgressState['probes']>,
  waiting: readonly string[],
): readonly (readonly string[])[] {
  const counts = `${formatNumber(done)}/${formatNumber(contracts)}`;
  return [
    [`asking what became of ${counts} contracts`, '20 a minute at most', ...waiting],
    [`asking what became of ${counts} contracts`],
    [`asking about ${counts}`],
  ];
}

function rateOf({ perSecond }: ProgressState): string {
  if (perSecond === undefined) return '';
  const digits = perSecond < 10 && perSecond > 0 ? 1 : 0;
  return `${formatNumber(perSecond, digits)}/s`;
}

function leftOf(state: ProgressState): string {
  return knownLeftOf(state) || 'time left unknown';
}

function knownLeftOf({ timeLeftMs, isAllKnown }: ProgressState): string {
  if (timeLeftMs === undefined) return '';
  return `${isAllKnown ? '' : 'at least '}${formatTimeLeft(timeLeftMs)} left`;
}

function describeWait({ reason, status, untilMs }: Wait, nowMs: number): string {
  const answer = status === undefined ? '' : ` (${status})`;
  return `${REASONS[reason]}${answer}, ${formatTimeLeft(untilMs - nowMs)}`;
}

/** Empty where there is no room. */
function barOf(state: ProgressState, room: number): string {
  const width = BAR_WIDTHS.find((one) => one <= room);
  if (width === undefined || state.regions === undefined) return '';
  const inner = width - 2;
  const filled = Math.floor(shareDone(state) * inner);
  return `[${'='.repeat(filled)}${' '.repeat(inner - filled)}]`;
}

/** Where no contract is to be done, the regions are all there is to count. */
function shareDone(state: ProgressState) {
  const { regions = 0, regionsDone, contractsDone, contractsExpected, probes } = state;
  if (probes !== undefined) return probes.done / probes.contracts;
  if (contractsExpected > 0) return Math.min(1, contractsDone / contractsExpected);
  return regions === 0 ? 0 : regionsDone / regions;
}

function inColor(text: string, { wait }: ProgressState, show: Show): string {
  if (wait === undefined) return text;
  // Where there was no room for the word, the reason is all there is.
  return text.replace(/(waiting: .*|^[^:]*)$/, (part) => paint(part, 'yellow', show));
}

import type { Churn } from '../esi/protocol.ts';
import type { Pass } from '../laboratory.ts';
import { rowsOf } from '../pass-tables.ts';
import { atLeast, atMost, type GoalCheck, median } from '../report.ts';

/** Our seconds against another's, over the rounds. */
export interface Ratios {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const COLD_LIMITS: Readonly<Record<string, number>> = { floor: 4, 'plain peer': 0.75 };
/** What "in proportion" is read as: a changed contract costs at most so many times a new one. */
const CHURN_FACTOR = 2;

export function coldGoals(ratios: readonly Ratios[], cold: readonly Pass[]): GoalCheck[] {
  const times = ratios.flatMap(({ name, median: middle }) => {
    const limit = COLD_LIMITS[name];
    return limit === undefined ? [] : [atMost(1, `cold pass, × ${name}`, middle, limit)];
  });
  const peak = median(cold.map(({ usage }) => usage.peakMegabytes));
  return [...times, atMost(6, 'cold pass, peak MB', peak, 250)];
}

/** The floor asks for the listing pages, the items and the types, each once. */
export function requestGoals(floor: Pass, cold: Pass): GoalCheck[] {
  const { listing, items, types } = floor.traffic.byKind;
  const needed = listing + items + types;
  const extra = ((cold.traffic.requests - needed) / needed) * 100;
  return [atMost(4, 'requests beyond listing, items and types, %', extra, 1)];
}

export function unchangedGoals(unchanged: Pass, fresh: Pass, listingPages: number): GoalCheck[] {
  const { traffic, usage } = unchanged;
  const unconditional = traffic.requests - traffic.notModified;
  return [
    atMost(5, 'unchanged: rows of contracts and items', rowsWritten(unchanged), 0),
    atMost(5, 'unchanged: CPU s', usage.cpuSeconds, 1),
    atMost(5, 'unchanged: requests', traffic.requests, listingPages),
    atMost(5, 'unchanged: requests not answered 304', unconditional, 0),
    atMost(5, 'within Expires: requests', fresh.traffic.requests, 0),
  ];
}

export function churnGoals(
  churned: Pass,
  churn: Churn,
  unchanged: Pass,
  cold: Pass,
  contracts: number,
): GoalCheck[] {
  const changed = churn.added + churn.removed;
  const rows = changed + churn.addedItems;
  // CPU, as the difference of two short times would be noise.
  const seconds = churned.usage.cpuSeconds - unchanged.usage.cpuSeconds;
  const coldSeconds = cold.usage.cpuSeconds - unchanged.usage.cpuSeconds;
  const time = seconds / changed / (coldSeconds / contracts);
  const wal = walRecords(churned) / changed / (walRecords(cold) / contracts);
  return [
    atMost(5, 'churn: rows of contracts and items, × changed', rowsWritten(churned) / rows, 1),
    atMost(5, 'churn: CPU a change, × cold', time, CHURN_FACTOR),
    atMost(5, 'churn: WAL a change, × cold', wal, CHURN_FACTOR),
    atLeast(5, 'churn: contracts inserted', rowsOf(churned, 'contracts').inserted, churn.added),
  ];
}

function rowsWritten(pass: Pass): number {
  return ['contracts', 'contract_items']
    .map((table) => rowsOf(pass, table))
    .reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
}

function walRecords({ database }: Pass): number {
  return (database?.walBytes ?? 0) - (database?.pageImageBytes ?? 0);
}

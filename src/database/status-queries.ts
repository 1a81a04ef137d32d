import { CLOCK_SLACK_MS } from '../clock.ts';
import type { Database } from './database.ts';
import type { PrismaClient } from './generated/client.ts';

/** Counts of what is stored. */
export interface StoredCounts {
  readonly outstanding: number;
  readonly shipContracts: number;
  readonly pendingItems: number;
  readonly types: number;
}

/** A run as `aggregation_runs` tells it. */
export interface RecordedRun {
  readonly runId: string;
  readonly startedAt: Date;
  /** Null while it runs, or when it died and no run came after it. */
  readonly finishedAt: Date | null;
  readonly outcome: string | null;
  readonly exitCode: number | null;
  /** `<i>/<n>`; null for a run that did the whole pass. */
  readonly shard: string | null;
}

/** The last runs, newest first. */
export function lastRuns(database: Database, count: number): Promise<RecordedRun[]> {
  return database.read((prisma) =>
    prisma.aggregationRun.findMany({
      orderBy: { startedAt: 'desc' },
      take: count,
      omit: { summary: true, plan: true },
    }),
  );
}

/**
 * When the last complete run ended. Shards make a complete run together: it is as old as that of
 * the shard which was complete the longest time ago. A run of the future proves nothing: it went by
 * a clock that was wrong.
 */
export async function lastGoodRunAt(database: Database, now: Date): Promise<Date | undefined> {
  const latest = new Date(now.getTime() + CLOCK_SLACK_MS);
  const ends = await database.read((prisma) =>
    prisma.aggregationRun.groupBy({
      by: ['shard'],
      where: { outcome: 'complete', finishedAt: { lte: latest } },
      _max: { finishedAt: true },
    }),
  );
  return lastCompleteAt(
    ends.map(({ shard, _max }) => ({ shard, atMs: _max.finishedAt?.getTime() ?? 0 })),
  );
}

interface LastEnd {
  readonly shard: string | null;
  readonly atMs: number;
}

function lastCompleteAt(ends: readonly LastEnd[]): Date | undefined {
  const divisions = new Map<number, number[]>();
  for (const { shard, atMs } of ends) {
    const shards = Number(shard?.split('/')[1] ?? 1);
    divisions.set(shards, [...(divisions.get(shards) ?? []), atMs]);
  }
  const complete = [...divisions].filter(([shards, times]) => times.length === shards);
  const timesMs = complete.map(([, times]) => Math.min(...times));
  return timesMs.length === 0 ? undefined : new Date(Math.max(...timesMs));
}

export async function countStored(database: Database): Promise<StoredCounts> {
  const status = 'outstanding';
  const count = (where: Parameters<PrismaClient['contract']['count']>[0]) =>
    database.read((prisma) => prisma.contract.count(where));
  const [outstanding, shipContracts, pendingItems, types] = await Promise.all([
    count({ where: { status } }),
    count({ where: { status, isShipContract: true } }),
    count({ where: { status, itemsStatus: 'pending' } }),
    database.read((prisma) => prisma.esiTypeCache.count()),
  ]);
  return { outstanding, shipContracts, pendingItems, types };
}

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
}

/** The last runs, newest first. */
export function lastRuns(database: Database, count: number): Promise<RecordedRun[]> {
  return database.read((prisma) =>
    prisma.aggregationRun.findMany({
      orderBy: { startedAt: 'desc' },
      take: count,
      omit: { summary: true, shard: true, plan: true },
    }),
  );
}

/** When the last complete run ended. */
export async function lastGoodRunAt(database: Database): Promise<Date | undefined> {
  const run = await database.read((prisma) =>
    prisma.aggregationRun.findFirst({
      where: { outcome: 'complete' },
      orderBy: { finishedAt: 'desc' },
    }),
  );
  return run?.finishedAt ?? undefined;
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

import type { Database } from './database.ts';

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

export function lastRuns({ prisma }: Database, count: number): Promise<RecordedRun[]> {
  return prisma.aggregationRun.findMany({
    orderBy: { startedAt: 'desc' },
    take: count,
    omit: { summary: true },
  });
}

/** When the last complete run ended. */
export async function lastGoodRunAt({ prisma }: Database): Promise<Date | undefined> {
  const run = await prisma.aggregationRun.findFirst({
    where: { outcome: 'complete' },
    orderBy: { finishedAt: 'desc' },
  });
  return run?.finishedAt ?? undefined;
}

export async function countStored({ prisma }: Database): Promise<StoredCounts> {
  const status = 'outstanding';
  const [outstanding, shipContracts, pendingItems, types] = await Promise.all([
    prisma.contract.count({ where: { status } }),
    prisma.contract.count({ where: { status, isShipContract: true } }),
    prisma.contract.count({ where: { status, itemsStatus: 'pending' } }),
    prisma.esiTypeCache.count(),
  ]);
  return { outstanding, shipContracts, pendingItems, types };
}

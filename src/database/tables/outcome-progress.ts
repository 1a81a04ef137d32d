import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { batchWriter } from './batch.ts';
import { columnsOf } from './columns.ts';

/** How far the outcomes and what follows from them have come. */
export interface OutcomeProgress {
  /** The rules that the outcomes follow. */
  readonly rulesVersion: number;
  /** What runs up to this number changed is decided. */
  readonly decidedThrough: number;
  /** Ended contracts after this one still follow the rules of before; null for none. */
  readonly historyAfter: number | null;
  /** What runs up to this number changed is in `daily_prices`. */
  readonly pricedThrough: number;
}

interface ProgressRow extends OutcomeProgress {
  readonly name: string;
}

const NAME = 'outcomes';

/** The columns of `outcome_progress`, but for the day that prune writes. */
export const PROGRESS = columnsOf<ProgressRow>({
  name: 'text',
  rulesVersion: 'integer',
  decidedThrough: 'bigint',
  historyAfter: 'bigint',
  pricedThrough: 'bigint',
});

const SELECT = `
SELECT coalesce(json_agg(${jsonObject(PROGRESS.fields())}), '[]')::text AS rows FROM outcome_progress`;

const writeProgress = batchWriter(
  PROGRESS,
  ({ rows }) => `
INSERT INTO outcome_progress AS stored (${PROGRESS.names()})
SELECT ${PROGRESS.names()} FROM ${rows('progress')}
ON CONFLICT (name) DO UPDATE SET ${PROGRESS.assignments('excluded')}
WHERE ${PROGRESS.differ('stored', 'excluded')}`,
);

/** Undefined until a run has written it. */
export async function readProgress(executor: SqlExecutor): Promise<OutcomeProgress | undefined> {
  const [row] = await readJsonRows<ProgressRow>(executor, SELECT);
  return row;
}

export async function saveProgress(
  executor: SqlExecutor,
  progress: OutcomeProgress,
): Promise<void> {
  await writeProgress(executor, [{ ...progress, name: NAME }]);
}

import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchStatement, batchWriter, executeBatch } from './batch.ts';
import { columnsOf } from './columns.ts';
import { CONTRACT_ID, type ContractId } from './contract-results.ts';
import { NEW_CONTRACT, type NewContract } from './contracts.ts';

/** How a contract of an archive stands today. */
interface Standing {
  readonly status: 'outstanding' | 'closed' | 'expired';
  /** Null while it is outstanding. */
  readonly closedAt: Date | null;
}

/** A contract that an archive is the first to tell of. */
export interface ImportedContract extends NewContract, Standing {}

const STANDING = columnsOf<Standing>({ status: 'text', closedAt: 'timestamptz' });

/** The columns of `contracts` that an imported contract fills. */
const IMPORTED = NEW_CONTRACT.and(STANDING);

/** Stores contracts of an archive; what is stored already is never overwritten. */
export const insertImported = batchWriter(
  IMPORTED,
  ({ rows }) => `
INSERT INTO contracts (${IMPORTED.names()}, source)
SELECT ${IMPORTED.names()}, 'everef' FROM ${rows('imported')}
ORDER BY contract_id
ON CONFLICT DO NOTHING`,
);

const SELECT_KNOWN = `
SELECT coalesce(json_agg(contract_id), '[]')::text AS rows FROM contracts
WHERE contract_id IN (SELECT json_array_elements_text($1::json)::bigint)`;

/** Those of the contracts that are stored. */
export async function knownContracts(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const ids = JSON.stringify(contractIds);
  return new Set(await readJsonRows<number>(executor, SELECT_KNOWN, ids));
}

/** $1 the last contract of the slice before, $2 how many at most. */
const SELECT_UNCLASSIFIED = `
SELECT coalesce(json_agg(contract_id ORDER BY contract_id), '[]')::text AS rows FROM (
  SELECT contract_id FROM contracts
  WHERE items_status = 'pending' AND status <> 'outstanding' AND source = 'everef' AND contract_id > $1
    AND EXISTS (SELECT 1 FROM contract_items AS item WHERE item.contract_id = contracts.contract_id)
  ORDER BY contract_id LIMIT $2) AS slice`;

/** Imported contracts that have ended, whose items are stored and wait for their types; ascending. */
export function unclassifiedAfter(
  executor: SqlExecutor,
  afterId: number,
  limit: number,
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_UNCLASSIFIED, afterId, limit);
}

/** A contract whose end an archive may still tell. */
export interface OpenEnd extends ContractId {
  /** In ms since 1970. */
  readonly expiresMs: number;
  /** The archive before did not show it. */
  readonly wasMissed: boolean;
}

const openEnds = (whose: string, wasMissed: string) => `
SELECT coalesce(json_agg(json_build_array(contract_id,
  floor(extract(epoch FROM date_expired) * 1000)::bigint, ${wasMissed})), '[]')::text AS rows
FROM contracts WHERE contracts.region_id = $1 AND ${whose}`;

/** $1 region. An archive after the one that missed it first has been imported by then. */
const SELECT_OUTSTANDING = openEnds(
  `status = 'outstanding'`,
  `coalesce(last_listed_at < (SELECT archive_last_modified FROM regions WHERE region_id = $1), false)`,
);

/** $1 region. */
const SELECT_ENDED = openEnds(
  `source = 'everef' AND status <> 'outstanding' AND ended_after IS NULL`,
  'last_listed_at IS NOT NULL',
);

/** The outstanding contracts of a region. */
export function outstandingEnds(executor: SqlExecutor, regionId: number): Promise<OpenEnd[]> {
  return readEnds(executor, SELECT_OUTSTANDING, regionId);
}

/** The contracts of a region that have ended nobody knows when, and that archives of before tell of. */
export function endedOpenEnds(executor: SqlExecutor, regionId: number): Promise<OpenEnd[]> {
  return readEnds(executor, SELECT_ENDED, regionId);
}

async function readEnds(executor: SqlExecutor, sql: string, regionId: number): Promise<OpenEnd[]> {
  const rows = await readJsonRows<[number, number, boolean]>(executor, sql, regionId);
  return rows.map(([contractId, expiresMs, wasMissed]) => ({ contractId, expiresMs, wasMissed }));
}

/** Contracts; then when the archive's listing was made that was the last to show them. */
const MARK_MISSED = batchStatement(
  CONTRACT_ID,
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET last_listed_at = ${parameter(1)}::timestamptz
FROM ${rows('missed')}
WHERE stored.contract_id = missed.contract_id AND stored.last_listed_at IS NULL`,
);

const UNMARK_MISSED = batchStatement(
  CONTRACT_ID,
  ({ rows }) => `
UPDATE contracts AS stored SET last_listed_at = NULL
FROM ${rows('shown')} WHERE stored.contract_id = shown.contract_id`,
);

const ENDED = CONTRACT_ID.and(columnsOf<Pick<Standing, 'status'>>({ status: 'text' }));

/** Ended contracts; then when a listing first lacked them for sure, and the number of the run. */
const SET_ENDS = batchStatement(
  ENDED,
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET status = gone.status, ended_after = last_listed_at,
  last_listed_at = NULL, ended_before = ${parameter(1)}::timestamptz,
  closed_at = ${parameter(1)}::timestamptz, changed_in = ${parameter(2)}::bigint
FROM ${rows('gone')} WHERE stored.contract_id = gone.contract_id`,
);

/** Notes which contracts an archive does not show that showed them before, and which it shows again. */
export async function markMissed(
  executor: SqlExecutor,
  missed: readonly ContractId[],
  shown: readonly ContractId[],
  lastShownAt: Date,
): Promise<void> {
  await executeBatch(executor, MARK_MISSED, missed, lastShownAt);
  await executeBatch(executor, UNMARK_MISSED, shown);
}

/** Notes between which archives contracts ended, that ended before their region was read. */
export function setEnds(
  executor: SqlExecutor,
  gone: readonly (ContractId & Pick<Standing, 'status'>)[],
  endedBefore: Date,
  runNumber: number,
): Promise<number> {
  return executeBatch(executor, SET_ENDS, gone, endedBefore, runNumber);
}

/** The verdict on an end that archives told of rests on them. */
const MARK_SOURCE = batchStatement(
  CONTRACT_ID,
  ({ rows }) => `
UPDATE contracts AS stored
SET outcome_evidence = coalesce(stored.outcome_evidence, '{}') || '{"source": "everef"}'
FROM ${rows('gone')} WHERE stored.contract_id = gone.contract_id`,
);

/** Keeps as evidence that archives told of the end of contracts. */
export function markSource(executor: SqlExecutor, gone: readonly ContractId[]): Promise<number> {
  return executeBatch(executor, MARK_SOURCE, gone);
}

/** Up to when the contracts of a region are known, by Last-Modified of listings. */
export interface RegionReach {
  /** From ESI itself. */
  readonly snapshot: Date | null;
  /** From archives that were newer than all that was stored. */
  readonly archive: Date | null;
  /** From archives of the time before the stored snapshot. */
  readonly history: Date | null;
}

const REACH = {
  snapshot: 'snapshot_last_modified',
  archive: 'archive_last_modified',
  history: 'history_last_modified',
} as const satisfies Record<keyof RegionReach, string>;

const SELECT_REACHES = `
SELECT coalesce(json_agg(json_build_array(region_id, ${Object.values(REACH).join(', ')})), '[]')::text AS rows
FROM regions`;

/** By region. */
export async function regionReaches(
  executor: SqlExecutor,
): Promise<ReadonlyMap<number, RegionReach>> {
  const rows = await readJsonRows<[number, ...(string | null)[]]>(executor, SELECT_REACHES);
  return new Map(
    rows.map(([regionId, ...texts]) => {
      const [snapshot = null, archive = null, history = null] = texts.map(timeOf);
      return [regionId, { snapshot, archive, history }];
    }),
  );
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** Notes how far archives of a region have been imported. */
export function saveReach(
  executor: SqlExecutor,
  regionId: number,
  which: 'archive' | 'history',
  lastModified: Date,
): Promise<number> {
  const column = REACH[which];
  return executor.execute(
    `INSERT INTO regions (region_id, ${column}) VALUES ($1, $2::timestamptz)
     ON CONFLICT (region_id) DO UPDATE SET ${column} = excluded.${column}, is_read = true`,
    regionId,
    lastModified,
  );
}

/** An archive that was imported; see `archive_imports`. */
export interface ArchiveImport {
  readonly source: string;
  readonly etag: string | null;
  readonly takenAt: Date;
  readonly importedAt: Date;
  readonly importedIn: number;
  readonly contracts: number;
  readonly inserted: number;
}

/** The columns of `archive_imports`. */
export const ARCHIVE_IMPORT = columnsOf<ArchiveImport>({
  source: 'text',
  etag: 'text',
  takenAt: 'timestamptz',
  importedAt: 'timestamptz',
  importedIn: 'bigint',
  contracts: 'integer',
  inserted: 'integer',
});

export const saveImport = batchWriter(
  ARCHIVE_IMPORT,
  ({ rows }) => `
INSERT INTO archive_imports (${ARCHIVE_IMPORT.names()})
SELECT ${ARCHIVE_IMPORT.names()} FROM ${rows('archive')}
ON CONFLICT (source) DO UPDATE SET ${ARCHIVE_IMPORT.without('source').assignments('excluded')}`,
);

const SELECT_ETAG = 'SELECT etag FROM archive_imports WHERE source = $1';

/** ETag of an archive that was imported from a URL; undefined for one that was not. */
export async function importedEtag(
  executor: SqlExecutor,
  source: string,
): Promise<string | undefined> {
  const [row] = await executor.query<{ etag: string | null }>(SELECT_ETAG, source);
  return row?.etag ?? undefined;
}

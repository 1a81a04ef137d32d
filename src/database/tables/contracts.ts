import type { PublicContract } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { arraysOf, batchStatement, batchWriter, executeBatch } from './batch.ts';
import { type Columns, columnsOf } from './columns.ts';
import {
  CONTRACT_ID,
  type ContractId,
  type ContractResult,
  RESULT,
  UNKNOWN_RESULT,
} from './contract-results.ts';
import { voidedOutcome } from './outcomes.ts';

export interface ContractOfRegion extends PublicContract {
  readonly regionId: number;
}

/** How a contract came to be stored. */
interface FirstSeen {
  readonly firstSeenAt: Date;
  /** Number of the run; as is changedIn. */
  readonly listedIn: number;
  readonly changedIn: number;
  /** It was there when its region was first read, or first read after a gap of a day. */
  readonly isBaseline: boolean;
}

export interface NewContract extends ContractOfRegion, FirstSeen, ContractResult {}

/** A contract that left its region's listing. */
interface VanishedContract extends ContractId {
  readonly status: 'closed' | 'expired';
  /** ESI's time of what proves that it has gone. */
  readonly endedBefore: Date;
}

/** The run that closes contracts, and what it knows of their region. */
export interface Closing {
  readonly regionId: number;
  /** Last-Modified of the snapshot before, that the stored contracts reflected; null for none. */
  readonly lastReflected: Date | null;
  readonly now: Date;
  readonly runNumber: number;
}

/** Where a listed contract stands against what is stored. */
export type Verdict = 'new' | 'reopened' | 'changed';

type Dates = Pick<PublicContract, 'dateIssued' | 'dateExpired'>;

/** An auction's are blurred by ESI and drift, so they are told apart from the rest of the listing. */
const DATES = columnsOf<Dates>({ dateIssued: 'timestamptz', dateExpired: 'timestamptz' });

/** What a listing says of a contract, but for its dates. */
const LISTING = columnsOf<Omit<ContractOfRegion, keyof ContractId | keyof Dates>>({
  regionId: 'integer',
  type: 'text',
  title: 'text',
  price: 'numeric(20,2)',
  reward: 'numeric(20,2)',
  collateral: 'numeric(20,2)',
  buyout: 'numeric(20,2)',
  volume: 'double precision',
  daysToComplete: 'integer',
  issuerId: 'bigint',
  issuerCorporationId: 'bigint',
  forCorporation: 'boolean',
  startLocationId: 'bigint',
  endLocationId: 'bigint',
});

const LISTED: Columns<ContractOfRegion> = CONTRACT_ID.and(LISTING).and(DATES);

/** The columns of `contracts` that a new contract fills. */
export const NEW_CONTRACT: Columns<NewContract> = LISTED.and(
  columnsOf<FirstSeen>({
    firstSeenAt: 'timestamptz',
    listedIn: 'bigint',
    changedIn: 'bigint',
    isBaseline: 'boolean',
  }),
).and(RESULT);

/** The first seen dates of an auction stay, since those of later listings drift. */
const keepsDates = (stored: string, listed: string) =>
  `(${stored}.type = 'auction' AND ${listed}.type = 'auction')`;

/** ESI blurs an auction's end to the hour (FACTS §7): one that is later by more was extended. */
const isExtended = (stored: string, listed: string) =>
  `(${listed}.date_expired > ${stored}.date_expired + interval '1 hour')`;

const followsDates = (stored: string, listed: string) =>
  `(CASE WHEN ${keepsDates(stored, listed)} THEN ${isExtended(stored, listed)}
    ELSE ${DATES.differ(stored, listed)} END)`;

const dateAssignments = (stored: string, listed: string) => `
  date_issued = CASE WHEN ${keepsDates(stored, listed)}
    THEN ${stored}.date_issued ELSE ${listed}.date_issued END,
  date_expired = CASE WHEN ${keepsDates(stored, listed)} AND NOT ${isExtended(stored, listed)}
    THEN ${stored}.date_expired ELSE ${listed}.date_expired END`;

/** What was decided of a contract holds for its type: of another type it is a contract to look at anew. */
const resultAssignments = (stored: string, listed: string) =>
  [...UNKNOWN_RESULT]
    .map(
      ([name, unknown]) =>
        `${name} = CASE WHEN ${stored}.type = ${listed}.type THEN ${stored}.${name} ELSE ${unknown} END`,
    )
    .join(', ');

/** All that a listing changes of a stored contract. */
const listingAssignments = (stored: string, listed: string) => `
  ${LISTING.assignments(listed)}, ${dateAssignments(stored, listed)},
  ${resultAssignments(stored, listed)}, status = 'outstanding', closed_at = NULL,
  last_listed_at = NULL, ended_after = NULL, ended_before = NULL, ${voidedOutcome(stored)}`;

const hasChanged = (stored: string, listed: string) =>
  `(${LISTING.differ(stored, listed)} OR ${followsDates(stored, listed)}
    OR ${stored}.last_listed_at IS NOT NULL)`;

/** Listed contracts → those that are new, come back, or differ from what is stored. */
const COMPARE_LISTED = batchStatement(
  LISTED,
  ({ rows }) => `
SELECT coalesce(json_agg(json_build_array(listed.contract_id, stored.status)), '[]')::text AS rows
FROM ${rows('listed')}
LEFT JOIN contracts AS stored USING (contract_id)
WHERE stored.contract_id IS NULL OR stored.status <> 'outstanding'
  OR ${hasChanged('stored', 'listed')}`,
);

/** $1 region → [contract_id, date_expired in ms] of everything outstanding. */
const SELECT_OUTSTANDING = `
SELECT coalesce(json_agg(json_build_array(
  contract_id, floor(extract(epoch FROM date_expired) * 1000)::bigint)), '[]')::text AS rows
FROM contracts WHERE region_id = $1 AND status = 'outstanding'`;

/** In `last_listed_at`: no complete listing has shown the contract, and one was cut off before it. */
const NEVER_LISTED = `'epoch'::timestamptz`;

/** The later of the region's last snapshot and the last archive of it: all outstanding ones were listed then. */
const lastReflected = (snapshot: string, regionId: string) => `
  greatest(${snapshot}::timestamptz,
    (SELECT archive_last_modified FROM regions WHERE region_id = ${regionId}))`;

const VANISHED = CONTRACT_ID.and(
  columnsOf<Omit<VanishedContract, keyof ContractId>>({
    status: 'text',
    endedBefore: 'timestamptz',
  }),
);

/**
 * Vanished contracts; then the region, now, the number of the run, and Last-Modified of the region's
 * snapshot before. One that no complete listing showed did not end before it was issued.
 */
const CLOSE_CONTRACTS = batchStatement(
  VANISHED,
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET status = vanished.status, closed_at = ${parameter(2)},
  changed_in = ${parameter(3)}::bigint, ended_before = vanished.ended_before,
  ended_after = greatest(
    CASE WHEN stored.last_listed_at IS NULL
      THEN ${lastReflected(parameter(4), parameter(1))} ELSE nullif(stored.last_listed_at, ${NEVER_LISTED}) END,
    CASE WHEN stored.type <> 'auction' AND stored.date_issued < vanished.ended_before
      THEN stored.date_issued END)
FROM ${rows('vanished')}
WHERE stored.contract_id = vanished.contract_id
  AND stored.region_id = ${parameter(1)} AND stored.status = 'outstanding'`,
);

/** Finds which listed contracts need work; the others are stored as they are. */
export async function compareListed(
  executor: SqlExecutor,
  listed: readonly ContractOfRegion[],
): Promise<ReadonlyMap<number, Verdict>> {
  const { sql, columns } = COMPARE_LISTED;
  const arrays = arraysOf(columns, listed);
  const rows = await readJsonRows<[number, string | null]>(executor, sql, ...arrays);
  return new Map(rows.map(([contractId, status]) => [contractId, verdictOf(status)]));
}

function verdictOf(status: string | null): Verdict {
  if (status === null) return 'new';
  return status === 'outstanding' ? 'changed' : 'reopened';
}

/** Ids of a region's outstanding contracts → when each expires. */
export async function outstandingOf(
  executor: SqlExecutor,
  regionId: number,
): Promise<ReadonlyMap<number, number>> {
  return new Map(await readJsonRows<[number, number]>(executor, SELECT_OUTSTANDING, regionId));
}

/**
 * Stores new contracts with their results. One that another region stored a moment ago keeps its
 * results: they are those of the same items.
 */
export const insertContracts = batchWriter(
  NEW_CONTRACT,
  ({ rows }) => `
INSERT INTO contracts AS stored (${NEW_CONTRACT.names()})
SELECT ${NEW_CONTRACT.names()} FROM ${rows('listed')}
ORDER BY contract_id
ON CONFLICT (contract_id) DO UPDATE SET ${listingAssignments('stored', 'excluded')},
  changed_in = excluded.changed_in
WHERE stored.status <> 'outstanding' OR ${hasChanged('stored', 'excluded')}`,
);

/** Listed contracts; then the number of the run. */
const UPDATE_LISTED = batchStatement(
  LISTED,
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET ${listingAssignments('stored', 'listed')},
  changed_in = ${parameter(1)}::bigint
FROM ${rows('listed')}
WHERE stored.contract_id = listed.contract_id
  AND (stored.status <> 'outstanding' OR ${hasChanged('stored', 'listed')})`,
);

/** Writes what differs of listed contracts that are stored. */
export function updateListed(
  executor: SqlExecutor,
  listed: readonly ContractOfRegion[],
  runNumber: number,
): Promise<number> {
  return executeBatch(executor, UPDATE_LISTED, listed, runNumber);
}

/** Closes what vanished from a region's listing. */
export function closeContracts(
  executor: SqlExecutor,
  vanished: readonly VanishedContract[],
  { regionId, now, runNumber, lastReflected }: Closing,
): Promise<number> {
  const values = [regionId, now, runNumber, lastReflected];
  return executeBatch(executor, CLOSE_CONTRACTS, vanished, ...values);
}

/** Contracts that a listing was cut off before; then the region's snapshot before. */
const KEEP_LAST_LISTED = batchStatement(
  CONTRACT_ID,
  ({ rows, parameter }) => `
UPDATE contracts AS stored
SET last_listed_at = coalesce(${lastReflected(parameter(1), 'stored.region_id')}, ${NEVER_LISTED})
FROM ${rows('cut')}
WHERE stored.contract_id = cut.contract_id AND stored.last_listed_at IS NULL`,
);

/** Remembers which complete listing was the last to show contracts that this one may have cut off. */
export function keepLastListed(
  executor: SqlExecutor,
  contractIds: readonly number[],
  { lastReflected }: Closing,
): Promise<number> {
  const rows = contractIds.map((contractId) => ({ contractId }));
  return executeBatch(executor, KEEP_LAST_LISTED, rows, lastReflected);
}

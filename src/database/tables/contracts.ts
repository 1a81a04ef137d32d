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

const followsDates = (stored: string, listed: string) =>
  `(NOT ${keepsDates(stored, listed)} AND ${DATES.differ(stored, listed)})`;

const dateAssignments = (stored: string, listed: string) =>
  DATES.list
    .map(
      ({ name }) =>
        `${name} = CASE WHEN ${keepsDates(stored, listed)} THEN ${stored}.${name} ELSE ${listed}.${name} END`,
    )
    .join(', ');

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
  ${resultAssignments(stored, listed)}, status = 'outstanding', closed_at = NULL`;

const hasChanged = (stored: string, listed: string) =>
  `(${LISTING.differ(stored, listed)} OR ${followsDates(stored, listed)})`;

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

/** Vanished contracts and what became of them; then the region, now, and the number of the run. */
const CLOSE_CONTRACTS = batchStatement(
  CONTRACT_ID.and(columnsOf<Pick<VanishedContract, 'status'>>({ status: 'text' })),
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET status = vanished.status, closed_at = ${parameter(2)},
  changed_in = ${parameter(3)}::bigint
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

export function closeContracts(
  executor: SqlExecutor,
  regionId: number,
  vanished: readonly VanishedContract[],
  now: Date,
  runNumber: number,
): Promise<number> {
  return executeBatch(executor, CLOSE_CONTRACTS, vanished, regionId, now, runNumber);
}

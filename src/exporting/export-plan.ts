import { UsageError } from '../errors.ts';

/** How tables are written. */
type ExportFormat = 'csv' | 'ndjson' | 'parquet';

/** A table or view that can be written to files. */
interface Exportable {
  /** SQL for the number of the run that last changed a row; undefined where nobody keeps it. */
  readonly changedIn?: string;
  /** SQL for when the contract of a row was issued: Parquet is divided by its month. */
  readonly issued?: string;
  /** What else the two need. */
  readonly join?: string;
}

const OF_CONTRACT = 'JOIN contracts AS contract ON contract.contract_id = row.contract_id';
const BY_CONTRACT = {
  changedIn: 'contract.changed_in',
  issued: 'contract.date_issued',
  join: OF_CONTRACT,
};
const IN_ROW = { changedIn: 'row.changed_in' };

/** What is exported when nothing is named: what cannot be computed from the rest. */
const TABLES = {
  contracts: { ...IN_ROW, issued: 'row.date_issued' },
  contract_items: BY_CONTRACT,
  contract_bids: BY_CONTRACT,
  daily_prices: {},
  regions: {},
  constellations: {},
  systems: {},
  locations: {},
  esi_type_cache: {},
  esi_groups: {},
  esi_categories: {},
  esi_names: {},
  aggregation_runs: {},
} satisfies Record<string, Exportable>;

const VIEWS = {
  contract_offers: IN_ROW,
  ship_offers: IN_ROW,
  blueprint_offers: IN_ROW,
  courier_offers: IN_ROW,
  contract_sales: IN_ROW,
  contract_ends: {},
  contract_goods: {},
  region_coverage: {},
} satisfies Record<string, Exportable>;

const EXPORTABLE: Readonly<Record<string, Exportable>> = { ...TABLES, ...VIEWS };

/** Tables and views that can be named. */
export const EXPORTABLE_NAMES: readonly string[] = Object.keys(EXPORTABLE);

/** Runs whose changes are wanted: after the one, up to and with the other. */
export interface ExportedRuns {
  readonly since: number;
  readonly until: number;
}

/** Where to, and what. */
export interface ExportQuestion {
  /** A folder, or a file by its ending. */
  readonly out: string;
  readonly format: ExportFormat | undefined;
  /** All tables where none is named. */
  readonly tables: readonly string[] | undefined;
}

/** What is to be written. */
export interface ExportPlan {
  readonly format: ExportFormat;
  readonly isPacked: boolean;
  /** The file, where one was named. */
  readonly file: string | undefined;
  readonly tables: readonly string[];
}

const ENDING = /\.(csv|ndjson|parquet)(\.gz)?$/;

/** @throws UsageError for what does not fit together */
export function planExport({ out, format, tables }: ExportQuestion): ExportPlan {
  const [, ending, gz] = ENDING.exec(out) ?? [];
  const named = ending as ExportFormat | undefined;
  if (named !== undefined && format !== undefined && named !== format) {
    throw new UsageError(`--out ends in .${named}, and --format is ${format}: take one of them`);
  }
  const chosen = format ?? named;
  if (chosen === undefined) throw new UsageError('--format is missing: csv, ndjson or parquet');
  if (chosen === 'parquet' && gz !== undefined) {
    throw new UsageError('--out: Parquet is packed by itself, without .gz');
  }
  if (named !== undefined && tables?.length !== 1) {
    throw new UsageError(
      '--out names a file: say with one --table what goes into it, or name a folder',
    );
  }
  return {
    format: chosen,
    isPacked: gz !== undefined,
    file: named === undefined ? undefined : out,
    tables: tables ?? Object.keys(TABLES),
  };
}

/** Whether Parquet of a table is divided by the month in which its contracts were issued. */
export function isDivided(table: string): boolean {
  return EXPORTABLE[table]?.issued !== undefined;
}

/** SQL for the months (`2026-09`, UTC) of what is wanted of a table. */
export function monthsQuery(table: string, runs: ExportedRuns | undefined): string {
  const { issued } = EXPORTABLE[table] ?? {};
  const month = `to_char(date_trunc('month', ${issued}), 'YYYY-MM')`;
  return `SELECT DISTINCT ${month} AS month FROM ${sourceOf(table, runs, [])} ORDER BY 1`;
}

/** SQL for the rows. @param month only those of it */
export function rowsQuery(table: string, runs: ExportedRuns | undefined, month?: string): string {
  const { issued } = EXPORTABLE[table] ?? {};
  const start = `'${month}-01'::timestamptz`;
  const within =
    month === undefined
      ? []
      : [`${issued} >= ${start} AND ${issued} < ${start} + interval '1 month'`];
  return `SELECT row.* FROM ${sourceOf(table, runs, within)}`;
}

function sourceOf(
  table: string,
  runs: ExportedRuns | undefined,
  within: readonly string[],
): string {
  const { join = '', changedIn } = EXPORTABLE[table] ?? {};
  const changed =
    runs === undefined || changedIn === undefined
      ? []
      : [`${changedIn} > ${runs.since} AND ${changedIn} <= ${runs.until}`];
  const conditions = [...changed, ...within];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `${table} AS row ${join}${where}`;
}

/** `contracts`; `contracts-since-12-to-15` of some runs, beside which whole ones stay. */
export function fileStem(table: string, runs: ExportedRuns | undefined): string {
  return runs === undefined ? table : `${table}-since-${runs.since}-to-${runs.until}`;
}

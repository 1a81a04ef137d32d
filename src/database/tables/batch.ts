import type { SqlExecutor } from '../database.ts';
import type { Columns } from './columns.ts';

/** A statement that takes a batch of rows: one array a column, then what else it needs. */
export interface BatchStatement<Row> {
  readonly sql: string;
  readonly columns: Columns<Row>;
}

/** What a statement is made of: where its rows come from, and its parameters beside them. */
interface BatchParts {
  /** The rows as a table with an alias and the names of the columns. */
  readonly rows: (alias: string) => string;
  /** The n-th parameter after the rows, from 1. */
  readonly parameter: (n: number) => string;
}

/**
 * `unnest` reads a batch in half the time of JSON, and the arrays are a third as long. They are
 * sent as text, which every driver passes on as it is.
 */
export function batchStatement<Row>(
  columns: Columns<Row>,
  write: (parts: BatchParts) => string,
): BatchStatement<Row> {
  const { list } = columns;
  const arrays = list.map(({ type }, index) => `$${index + 1}::text::${type}[]`).join(', ');
  const sql = write({
    rows: (alias) => `unnest(${arrays}) AS ${alias}(${columns.names()})`,
    parameter: (n) => `$${list.length + n}`,
  });
  return { sql, columns };
}

/** @returns the number of rows written; without rows, nothing is sent */
export async function executeBatch<Row>(
  executor: SqlExecutor,
  { sql, columns }: BatchStatement<Row>,
  rows: readonly Row[],
  ...values: readonly unknown[]
): Promise<number> {
  return rows.length === 0 ? 0 : executor.execute(sql, ...arraysOf(columns, rows), ...values);
}

/** A function that writes a batch of rows. It resolves to the number of rows written. */
export function batchWriter<Row>(
  columns: Columns<Row>,
  write: (parts: BatchParts) => string,
): (executor: SqlExecutor, rows: readonly Row[]) => Promise<number> {
  const statement = batchStatement(columns, write);
  return (executor, rows) => executeBatch(executor, statement, rows);
}

/** Rows → one array literal a column. A field that is not there is null. */
export function arraysOf<Row>({ list }: Columns<Row>, rows: readonly Row[]): string[] {
  return list.map(({ field }) => arrayLiteral(rows, (row) => row[field as keyof Row]));
}

/** `{1,NULL,"a \"b\""}` */
function arrayLiteral<T>(elements: readonly T[], read: (element: T) => unknown): string {
  let literal = '';
  for (const element of elements) literal += `,${elementLiteral(read(element))}`;
  return `{${literal.slice(1)}}`;
}

function elementLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  return value instanceof Date ? `"${value.toISOString()}"` : String(value);
}

import type { SqlExecutor } from '../database.ts';
import { type Column, camelCase, names } from './columns.ts';

/** A statement that takes a batch of rows: one array a column, then what else it needs. */
export interface BatchStatement {
  readonly sql: string;
  readonly columns: readonly Column[];
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
export function batchStatement(
  columns: readonly Column[],
  write: (parts: BatchParts) => string,
): BatchStatement {
  const arrays = columns.map(({ type }, index) => `$${index + 1}::text::${type}[]`).join(', ');
  const sql = write({
    rows: (alias) => `unnest(${arrays}) AS ${alias}(${names(columns)})`,
    parameter: (n) => `$${columns.length + n}`,
  });
  return { sql, columns };
}

/** @returns the number of rows written; without rows, nothing is sent */
export async function executeBatch(
  executor: SqlExecutor,
  { sql, columns }: BatchStatement,
  rows: readonly object[],
  ...values: readonly unknown[]
): Promise<number> {
  return rows.length === 0 ? 0 : executor.execute(sql, ...arraysOf(columns, rows), ...values);
}

/** Rows of ours, whose names are in camel case → one array literal a column. */
export function arraysOf(columns: readonly Column[], rows: readonly object[]): string[] {
  return columns.map(({ name }) => {
    const key = camelCase(name);
    return arrayLiteral(rows, (row) => (row as Readonly<Record<string, unknown>>)[key]);
  });
}

/** `{1,NULL,"a \"b\""}` */
export function arrayLiteral<T>(elements: readonly T[], read: (element: T) => unknown): string {
  let literal = '';
  for (const element of elements) literal += `,${elementLiteral(read(element))}`;
  return `{${literal.slice(1)}}`;
}

function elementLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  return value instanceof Date ? `"${value.toISOString()}"` : String(value);
}

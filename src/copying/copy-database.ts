import type { ReadSession } from '../database/session/read-session.ts';
import type { ServerConnection } from '../database/session/server-connection.ts';
import {
  digestOf,
  filledTables,
  lockForCopy,
  readColumns,
  STORED_TABLES,
  type StoredTable,
  type TableDigest,
} from '../database/session/whole-tables.ts';
import { DatabaseError } from '../errors.ts';
import { counted } from '../terminal/numbers.ts';

/** What a copy works with. */
export interface CopyParts {
  readonly source: Pick<ReadSession, 'query' | 'copyOut'>;
  /** In a transaction that whoever calls commits. Our tables are there. */
  readonly target: Pick<ServerConnection, 'query' | 'execute' | 'copyIn'>;
  /** A table has been copied. */
  readonly copied: (table: StoredTable, rows: number) => void;
}

/** What a copy came to. */
export interface Copied {
  /** False when the target held all of it before. */
  readonly isNew: boolean;
  readonly rows: Readonly<Record<StoredTable, number>>;
}

/**
 * Copies every table into an empty database, and compares what came with what was sent. A database
 * that holds the same already is as good as copied: the word of the commit may have been lost.
 *
 * @throws DatabaseError when the target holds something else, when it is the source itself, or when
 *   what came differs
 */
export async function copyDatabase(parts: CopyParts): Promise<Copied> {
  const { source, target, copied } = parts;
  await assertAlone(parts);
  if ((await filledTables(source)).length === 0)
    throw new DatabaseError('there is nothing to copy');
  const filled = await filledTables(target);
  if (filled.length === 0) await copyTables(parts);
  const rows = new Map<StoredTable, number>();
  for (const table of STORED_TABLES) {
    const { all } = await readColumns(source, table);
    const sent = await digestOf(source, table, all);
    const came = await digestOf(target, table, all);
    assertSame(table, sent, came, filled);
    rows.set(table, sent.rows);
    copied(table, sent.rows);
  }
  return {
    isNew: filled.length === 0,
    rows: Object.fromEntries(rows) as Copied['rows'],
  };
}

async function assertAlone({ source, target }: CopyParts): Promise<void> {
  if (!(await lockForCopy(target))) {
    throw new DatabaseError('another copy is at work in the database that --to names');
  }
  if (!(await lockForCopy(source))) {
    throw new DatabaseError('--to names the database that is to be copied, or one copy is at work');
  }
}

async function copyTables({ source, target }: CopyParts): Promise<void> {
  for (const table of STORED_TABLES) {
    const { written } = await readColumns(source, table);
    const into = `COPY ${table} (${written.join(', ')}) FROM STDIN`;
    await target.copyIn(into, source.copyOut(table, written));
    // The first pass there must not plan for empty tables.
    await target.execute(`ANALYZE ${table}`);
  }
}

function assertSame(
  table: StoredTable,
  sent: TableDigest,
  came: TableDigest,
  filled: readonly StoredTable[],
): void {
  if (sent.rows === came.rows && sent.sum === came.sum) return;
  const difference = `${table} has ${counted(came.rows, 'row')} there and ${sent.rows.toLocaleString('en-US')} here`;
  throw new DatabaseError(
    filled.length === 0
      ? `nothing was copied: ${difference}, or rows that differ`
      : `the database that --to names is not empty, and holds something else (${difference}, or rows that differ): name an empty one`,
  );
}

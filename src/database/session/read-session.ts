import { StatementError } from '../../errors.ts';
import type { SqlExecutor } from '../database.ts';

/** A row as texts of PostgreSQL: times in ISO style and UTC, numbers with all of their digits. */
export type Cells = readonly (string | null)[];

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  /** PostgreSQL's id of the type. */
  readonly typeId: number;
}

/** Some of the rows of an answer, in their order. */
export interface AnswerPage {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly Cells[];
}

/**
 * A connection of its own in one transaction that only reads and sees one moment of the database:
 * for statements that others wrote, and for whole tables. Every method throws StatementError when
 * PostgreSQL refuses a statement, DatabaseError when the connection fails, and the reason of the
 * signal that the session was opened with.
 */
export interface ReadSession extends Pick<SqlExecutor, 'query'> {
  /** Begins the answer of a statement. PostgreSQL itself sees to it that it is one, and a query. */
  declare(statement: string): Promise<void>;
  /** The next rows of the answer, as many at most; none at its end. */
  fetch(rows: number): Promise<AnswerPage>;
  /** What `COPY … TO STDOUT` gives of a table, in the order of its file. */
  copyOut(table: string, columns: readonly string[]): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** The answer of one statement is read through a cursor of this name. */
const CURSOR = 'answer';
const DECLARE = `DECLARE ${CURSOR} NO SCROLL CURSOR FOR `;

/** Nothing may be written from here to the end, and all statements see the same moment. */
export const BEGIN_READING = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** @param statement on a line of its own, so that a comment at its end hides nothing */
export function declareCursor(statement: string): string {
  return DECLARE + statement;
}

export function fetchFromCursor(rows: number): string {
  return `FETCH FORWARD ${rows} FROM ${CURSOR}`;
}

/**
 * All rows of a statement, so many at a time; the first page comes without rows, too.
 *
 * @throws StatementError whose position is that in the statement; DatabaseError
 */
export async function* pagesOf(
  session: Pick<ReadSession, 'declare' | 'fetch' | 'query'>,
  statement: string,
  rowsAtOnce: number,
): AsyncGenerator<AnswerPage> {
  await session.declare(statement).catch((error: unknown) => {
    throw error instanceof StatementError ? inStatement(error) : error;
  });
  let page = await session.fetch(rowsAtOnce);
  yield page;
  while (page.rows.length === rowsAtOnce) {
    page = await session.fetch(rowsAtOnce);
    if (page.rows.length > 0) yield page;
  }
  await session.query(`CLOSE ${CURSOR}`);
}

/** PostgreSQL counts from where the cursor is declared. */
function inStatement(error: StatementError): StatementError {
  const { message, sqlState, fault } = error;
  const position = (fault.position ?? 0) - DECLARE.length;
  const moved = { ...fault, position: position > 0 ? position : undefined };
  return new StatementError(message, moved, { sqlState, cause: error });
}

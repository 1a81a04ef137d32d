import type { MessagePort } from 'node:worker_threads';
import { messages, type PGlite } from '@electric-sql/pglite';
import type { StatementFault } from '../../errors.ts';
import { SESSION_SETTINGS } from '../session-settings.ts';
import { type AnswerPage, BEGIN_READING, declareCursor, fetchFromCursor } from './read-session.ts';

/** A piece of a table's file; so much of it is in memory at once. */
const COPIED_BLOCKS = 1000;

/** What a session asks of the embedded database. */
export type EmbeddedRequest =
  | { readonly kind: 'query'; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly kind: 'declare'; readonly statement: string }
  | { readonly kind: 'fetch'; readonly rows: number }
  /** From this block of the table's file on. */
  | {
      readonly kind: 'copy';
      readonly table: string;
      readonly columns: readonly string[];
      readonly block: number;
    }
  | { readonly kind: 'close' };

/** A piece of a table, and where the next begins. */
export interface CopiedPiece {
  readonly bytes: Uint8Array;
  /** Undefined at the end. */
  readonly nextBlock: number | undefined;
}

/** What of a failure gets from one thread to another. */
export interface TransferredError {
  readonly message: string;
  readonly sqlState: string | undefined;
  /** Undefined for a failure that is none of a statement. */
  readonly fault: StatementFault | undefined;
}

export type EmbeddedReply =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: TransferredError };

/** Answers what comes through the port, one after the other, until it is asked to close. */
export async function answerRequests(pglite: PGlite, port: MessagePort): Promise<void> {
  await pglite.query(BEGIN_READING);
  await pglite.query(SESSION_SETTINGS, [null]);
  port.on('message', (request: EmbeddedRequest) => {
    // One at a time is asked: nothing is put in order here.
    void answer(pglite, request).then((reply) => {
      port.postMessage(reply);
      if (request.kind === 'close') port.close();
    });
  });
}

async function answer(pglite: PGlite, request: EmbeddedRequest): Promise<EmbeddedReply> {
  try {
    return { kind: 'done', value: await valueFor(pglite, request) };
  } catch (error) {
    return { kind: 'failed', error: transferred(error) };
  }
}

function valueFor(pglite: PGlite, request: EmbeddedRequest): Promise<unknown> {
  if (request.kind === 'query') return queried(pglite, request.sql, request.values);
  if (request.kind === 'declare') return pglite.query(declareCursor(request.statement)).then(none);
  if (request.kind === 'fetch') return fetched(pglite, request.rows);
  if (request.kind === 'copy') return copied(pglite, request);
  return pglite.close();
}

const none = () => undefined;
const asIs = (text: string) => text;

async function queried(pglite: PGlite, sql: string, values: readonly unknown[]) {
  return (await pglite.query(sql, [...values])).rows;
}

async function fetched(pglite: PGlite, count: number): Promise<AnswerPage> {
  const parsers = Object.fromEntries(Object.keys(pglite.parsers).map((typeId) => [typeId, asIs]));
  const options = { rowMode: 'array', parsers } as const;
  const { fields, rows } = await pglite.query<AnswerPage['rows'][number]>(
    fetchFromCursor(count),
    [],
    options,
  );
  const columns = fields.map(({ name, dataTypeID: typeId }) => ({ name, typeId }));
  return { columns, rows };
}

/** PGlite gives the whole of what it copies at once: so it is asked for a piece. */
async function copied(
  pglite: PGlite,
  { table, columns, block }: Extract<EmbeddedRequest, { kind: 'copy' }>,
): Promise<CopiedPiece> {
  const nextBlock = block + COPIED_BLOCKS;
  const names = columns.join(', ');
  const { blob } = await pglite.query<never>(
    `COPY (SELECT ${names} FROM ${table} WHERE ctid >= '(${block},0)' AND ctid < '(${nextBlock},0)')
     TO '/dev/blob'`,
  );
  const { rows } = await pglite.query<{ blocks: number }>(
    `SELECT (pg_relation_size($1::text::regclass) / current_setting('block_size')::int)::int AS blocks`,
    [table],
  );
  const bytes = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer());
  const isEnd = nextBlock >= (rows[0]?.blocks ?? 0);
  return { bytes, nextBlock: isEnd ? undefined : nextBlock };
}

function transferred(error: unknown): TransferredError {
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  if (!(error instanceof messages.DatabaseError)) {
    return { message, sqlState: undefined, fault: undefined };
  }
  const { code, position, detail, hint } = error;
  const place = position === undefined ? undefined : Number(position);
  return { message, sqlState: code, fault: { position: place, detail, hint } };
}

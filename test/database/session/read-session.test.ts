import { expect, it } from 'vitest';
import {
  type AnswerPage,
  pagesOf,
  type ReadSession,
} from '../../../src/database/session/read-session.ts';
import { StatementError } from '../../../src/errors.ts';
import { onEachSession } from '../../support/read-sessions.ts';

async function answerOf(session: ReadSession, statement: string, rowsAtOnce = 100) {
  const pages: AnswerPage[] = [];
  for await (const page of pagesOf(session, statement, rowsAtOnce)) pages.push(page);
  return pages;
}

async function refusalOf(session: ReadSession, statement: string): Promise<StatementError> {
  const error = await answerOf(session, statement).catch((failure: unknown) => failure);
  if (!(error instanceof StatementError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

const INSERT_REGION = `INSERT INTO regions (region_id, name) VALUES (1, E'a\\tb\\n\\\\c')`;
/** Writes, though it is called by a SELECT. */
const CREATE_WRITER = `CREATE FUNCTION writer() RETURNS int LANGUAGE sql AS
  'DELETE FROM regions RETURNING region_id'`;

onEachSession('a session', (open) => {
  it('gives every value as PostgreSQL writes it, times in UTC', async () => {
    const session = await open();
    const [page] = await answerOf(
      session,
      `SELECT 9007199254740993 AS big, 0.10::numeric(20,2) AS isk, NULL AS nothing, true AS yes, ''
       AS empty, '2026-09-08 12:00:00.5+09'::timestamptz AS time, 0.1::float8 + 0.2 AS sum, '{"a":1}'::jsonb AS json -- end`,
    );
    expect(page?.columns.map(({ name }) => name)).toEqual([
      ...['big', 'isk', 'nothing', 'yes', 'empty', 'time', 'sum', 'json'],
    ]);
    expect(page?.rows).toEqual([
      [
        ...['9007199254740993', '0.10', null, 't', ''],
        ...['2026-09-08 03:00:00.5+00', '0.30000000000000004', '{"a": 1}'],
      ],
    ]);
  });

  it('gives an answer page by page, and the columns of one without rows', async () => {
    const session = await open();
    const pages = await answerOf(session, 'SELECT generate_series(1, 7) AS n', 3);
    expect(pages.map(({ rows }) => rows.length)).toEqual([3, 3, 1]);
  });

  it('gives the columns of an answer without rows', async () => {
    const session = await open();
    const [page, ...others] = await answerOf(session, 'TABLE region_coverage');
    expect(page?.columns).toHaveLength(8);
    expect(page?.rows).toEqual([]);
    expect(others).toEqual([]);
  });

  it.each([
    ['several statements', 'SELECT 1; SELECT 2', /multiple commands/],
    ['an end of the transaction', 'SELECT 1; COMMIT; DROP TABLE regions', /multiple commands/],
    ['a statement that writes', 'DELETE FROM regions', /syntax error/],
    [
      'one that hides it in a WITH',
      'WITH gone AS (DELETE FROM regions RETURNING 1) TABLE gone',
      /must not contain data-modifying/,
    ],
    ['one that hides it in a function', 'SELECT writer()', /read-only transaction/],
    ['a way out', `SELECT set_config('transaction_read_only', 'off', true)`, /read-write mode/],
  ])('refuses %s', async (_, statement, words) => {
    const session = await open([INSERT_REGION, CREATE_WRITER]);
    expect((await refusalOf(session, statement)).message).toMatch(words);
  });

  it('tells where in the statement an error is, in characters', async () => {
    const session = await open();
    const { fault, sqlState } = await refusalOf(session, `SELECT '🚀',\n  nmae FROM regions`);
    expect(sqlState).toBe('42703');
    expect(fault).toMatchObject({ position: 15, hint: expect.stringContaining('regions.name') });
  });

  it('ends when its signal says so, whatever it is at', async () => {
    const stopper = new AbortController();
    const session = await open([], stopper.signal);
    await session.query('SELECT 1');
    const endless = answerOf(session, 'SELECT count(*) FROM generate_series(1, 1e15::bigint)');
    const reason = new Error('enough');
    setTimeout(() => stopper.abort(reason), 100);
    await expect(endless).rejects.toBe(reason);
    await expect(session.query('SELECT 1')).rejects.toBe(reason);
  });
});

onEachSession('a table copied out', (open) => {
  it('copies a table as COPY does, over several pieces of its file', async () => {
    const fill = `INSERT INTO contracts (contract_id, region_id, type, title, issuer_id,
      issuer_corporation_id, date_issued, date_expired, first_seen_at, items_status)
      SELECT n, 1, 'courier', repeat('x', 50), 1, 1, now(), now(), now(), 'none'
      FROM generate_series(1, 60000) AS n`;
    const session = await open([INSERT_REGION, fill]);
    const regions = await textOf(session.copyOut('regions', ['region_id', 'name']));
    expect(regions).toBe('1\ta\\tb\\n\\\\c\n');
    const contracts = await textOf(session.copyOut('contracts', ['contract_id', 'title']));
    const lines = contracts.trimEnd().split('\n');
    expect(new Set(lines).size).toBe(60_000);
    expect(lines).toHaveLength(60_000);
    expect(lines[0]).toBe(`1\t${'x'.repeat(50)}`);
  });
});

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

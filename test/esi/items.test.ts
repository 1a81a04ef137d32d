import { describe, expect, it } from 'vitest';
import { EsiError } from '../../src/errors.ts';
import { EsiHarness, failureOf, httpDate, NOW } from './esi-harness.ts';
import { itemRow, itemRows } from './http/wire.ts';

const CONTRACT = 233_254_956;
const HOUR_MS = 3_600_000;

function pathOf(page: number): string {
  return `/contracts/public/items/${CONTRACT}?page=${page}`;
}

function pages(count: number): { 'x-pages': string } {
  return { 'x-pages': `${count}` };
}

async function recordIdsOf({ client }: EsiHarness): Promise<number[]> {
  const answer = await client.contractItems(CONTRACT);
  if (answer.kind !== 'rows') throw new Error(`unexpected answer: ${answer.kind}`);
  return answer.rows.map(({ recordId }) => recordId);
}

describe('the items of a contract', () => {
  it('are the rows of its page', async () => {
    const esi = new EsiHarness();
    const row = itemRow(7, { type_id: 691, is_blueprint_copy: true, runs: 10 });
    esi.mock.get(pathOf(1), { body: [row, itemRow(8, { is_included: false })] });

    expect(await esi.client.contractItems(CONTRACT)).toMatchObject({
      kind: 'rows',
      rows: [
        { recordId: 7, typeId: 691, isIncluded: true, isBlueprintCopy: true, runs: 10 },
        { recordId: 8, typeId: 587, isIncluded: false, isBlueprintCopy: false, runs: null },
      ],
    });
  });

  it('are the rows of all pages', async () => {
    const esi = new EsiHarness();
    esi.mock.get(pathOf(1), { body: itemRows(1, 1000), headers: pages(2) });
    esi.mock.get(pathOf(2), { body: itemRows(1001, 3), headers: pages(2) });

    expect(await recordIdsOf(esi)).toHaveLength(1003);
  });

  it.each([{ headers: pages(1) }, { headers: {} }, { headers: pages(0) }])(
    'are not cut off after a full page by an X-Pages that is wrong: $headers',
    async ({ headers }) => {
      const esi = new EsiHarness();
      esi.mock.get(pathOf(1), { body: itemRows(1, 1000), headers });
      esi.mock.get(pathOf(2), { body: itemRows(1001, 1000), headers });
      esi.mock.get(pathOf(3), { body: itemRows(2001, 1), headers });

      expect(await recordIdsOf(esi)).toHaveLength(2001);
    },
  );

  it.each([pages(1), {}])('are complete with a full page that has no next: %j', async (headers) => {
    const esi = new EsiHarness();
    esi.mock.get(pathOf(1), { body: itemRows(1, 1000), headers: { ...headers } });
    esi.mock.get(pathOf(2), { status: 404 });

    expect(await recordIdsOf(esi)).toHaveLength(1000);
  });

  it('count each record once, as first sent', async () => {
    const esi = new EsiHarness();
    const first = [itemRow(1, { quantity: 5 }), itemRow(1, { quantity: 6 }), itemRow(2)];
    esi.mock.get(pathOf(1), { body: first, headers: pages(2) });
    esi.mock.get(pathOf(2), { body: [itemRow(2), itemRow(3)], headers: pages(2) });

    const answer = await esi.client.contractItems(CONTRACT);

    expect(answer).toMatchObject({
      kind: 'rows',
      rows: [{ recordId: 1, quantity: 5 }, { recordId: 2 }, { recordId: 3 }],
    });
  });

  it('are not kept in the cache: they are asked for once', async () => {
    const esi = new EsiHarness();
    const headers = { etag: '"tag"', date: httpDate(0), expires: httpDate(3600) };
    esi.mock.get(pathOf(1), { body: itemRows(1, 1), headers });

    await esi.client.contractItems(CONTRACT);

    expect(esi.store.calls).toEqual([]);
  });
});

describe('a contract whose items are gone', () => {
  it.each([204, 403, 404])('answers %d, which is no error', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { status, headers: { date: httpDate(0), expires: httpDate(900) } });

    expect(await client.contractItems(CONTRACT)).toEqual({
      kind: 'gone',
      expiresAt: new Date(NOW.getTime() + 900_000),
      probe: { status, error: status === 204 ? null : `status ${status}`, at: NOW.toISOString() },
    });
    expect(mock.requests).toHaveLength(1);
  });

  it.each([403, 404])('answers %d in the name of ESI, not of a gateway', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { status, body: '<html>nothing here</html>' });

    expect(await failureOf(client.contractItems(CONTRACT))).toMatchObject({ status });
  });

  it.each([204, 403, 404])('is not told by a later page: %d is an error there', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: itemRows(1, 1), headers: pages(2) });
    mock.get(pathOf(2), { status });

    expect(await failureOf(client.contractItems(CONTRACT))).toMatchObject({ status });
  });

  it.each([
    { when: 'Expires is missing', headers: {}, lifeMs: HOUR_MS },
    { when: 'Expires is garbage', headers: { expires: 'soon' }, lifeMs: HOUR_MS },
    { when: 'Expires is past', headers: { expires: httpDate(-60) }, lifeMs: 0 },
    { when: 'Expires is far ahead', headers: { expires: httpDate(1e9) }, lifeMs: HOUR_MS },
    {
      when: "the server's clock is an hour ahead",
      headers: { date: httpDate(3600), expires: httpDate(3660) },
      lifeMs: 60_000,
    },
    { when: 'Date is missing', headers: { expires: httpDate(60) }, lifeMs: 60_000 },
  ])('is not to be asked for $lifeMs ms when $when', async ({ headers, lifeMs }) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { status: 204, headers: headers as Record<string, string> });

    expect(await client.contractItems(CONTRACT)).toMatchObject({
      kind: 'gone',
      expiresAt: new Date(NOW.getTime() + lifeMs),
    });
  });
});

describe('an answer that is no list of items', () => {
  it('is empty when it has no rows', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: [], headers: pages(1) });

    expect(await client.contractItems(CONTRACT)).toEqual({ kind: 'empty' });
  });

  it.each([
    { row: itemRow(2, { quantity: 'many' }), message: 'quantity' },
    { row: itemRow(2, { type_id: 2 ** 31 }), message: 'type_id' },
    { row: { record_id: 2 }, message: 'type_id' },
    { row: null, message: 'row' },
    { row: 'odd', message: 'row' },
  ])('is broken as a whole by one row that cannot be read: $message', async (one) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: [itemRow(1), one.row, itemRow(3)] });

    const answer = await client.contractItems(CONTRACT);

    expect(answer).toEqual({ kind: 'broken', message: expect.stringContaining(one.message) });
  });

  it.each([
    { what: 'is empty', body: [] },
    { what: 'is the first once more', body: itemRows(1, 1000) },
  ])('is an error when a later page $what', async ({ body }) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: itemRows(1, 1000), headers: pages(2) });
    mock.get(pathOf(2), { body, headers: pages(2) });

    const error = await failureOf(client.contractItems(CONTRACT));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toHaveProperty('message', expect.stringContaining(`${CONTRACT}: page 2`));
  });

  it('is an error when it fails for ever', async () => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(4, pathOf(1), { status: 504, body: { error: 'timeout' } });

    expect(await failureOf(client.contractItems(CONTRACT))).toMatchObject({ status: 504 });
  });

  it('is an error when a later page fails, not a part of the items', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: itemRows(1, 1000), headers: pages(2) });
    mock.get(pathOf(2), { status: 400 });

    expect(await failureOf(client.contractItems(CONTRACT))).toMatchObject({ status: 400 });
  });
});

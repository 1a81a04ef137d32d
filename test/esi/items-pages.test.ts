import { describe, expect, it } from 'vitest';
import { EsiError } from '../../src/errors.ts';
import { EsiHarness } from './esi-harness.ts';
import { itemRows } from './http/wire.ts';

const CONTRACT = 233_254_956;

function pathOf(page: number): string {
  return `/contracts/public/items/${CONTRACT}?page=${page}`;
}

describe('the items of a contract', () => {
  it('are not known when the first of the pages has no rows', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: [], headers: { 'x-pages': '2' } });

    expect(await client.contractItems(CONTRACT)).toEqual({ kind: 'empty' });
  });

  it.each([{}, { 'x-pages': '2' }])(
    'are not cut off when a later page tells of fewer pages than the first: %j',
    async (headers) => {
      const { mock, client } = new EsiHarness();
      mock.get(pathOf(1), { body: itemRows(1, 1000), headers: { 'x-pages': '3' } });
      mock.get(pathOf(2), { body: itemRows(1001, 500), headers: { ...headers } });

      // Either page 3 is asked for, or the answer is refused: never a part as the whole.
      const answer = await client.contractItems(CONTRACT).catch((error: unknown) => error);

      expect(answer).toBeInstanceOf(EsiError);
    },
  );

  it('of a page of absurdly many rows, none of them readable, are broken, and no error', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: `[${'0,'.repeat(400_000)}0]`, headers: { 'x-pages': '3' } });

    expect(await client.contractItems(CONTRACT)).toMatchObject({ kind: 'broken' });
    expect(mock.paths).toEqual([pathOf(1)]);
  });

  it('of a page of very many rows are all read, each record once', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), { body: itemRows(1, 150_000), headers: { 'x-pages': '2' } });
    mock.get(pathOf(2), { body: itemRows(150_000, 2), headers: { 'x-pages': '2' } });

    const answer = await client.contractItems(CONTRACT);

    expect(answer.kind === 'rows' && answer.rows.length).toBe(150_001);
  });
});

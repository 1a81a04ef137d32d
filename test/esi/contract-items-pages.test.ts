import { describe, expect, it } from 'vitest';
import { EsiError } from '../../src/errors.ts';
import { EsiHarness } from './esi-harness.ts';
import { itemRows } from './wire.ts';

const CONTRACT = 233_254_956;

function pathOf(page: number): string {
  return `/contracts/public/items/${CONTRACT}?page=${page}`;
}

describe('the items of a contract', () => {
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
});

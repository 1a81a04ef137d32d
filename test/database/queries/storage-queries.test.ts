import { expect, test } from 'vitest';
import { readStorage } from '../../../src/database/queries/storage-queries.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { newContract, RUN, THE_FORGE } from '../tables/rows.ts';

const NOW = new Date('2026-09-08T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

onEachDatabase('the size of what is stored', (database) => {
  test('before anything is stored, it is that of empty tables', async () => {
    expect(await readStorage(database(), NOW)).toEqual({
      bytes: expect.any(Number),
      oldestEndAt: null,
      bytesAMonth: null,
    });
    expect((await readStorage(database(), NOW)).bytes).toBeGreaterThan(1_000_000);
  });

  test('grows by what was added within 30 days, and not by what was there at the beginning', async () => {
    const added = Array.from({ length: 90 }, (_, index) =>
      newContract({
        contractId: index + 1,
        firstSeenAt: daysAgo(index % 15),
        isBaseline: index % 3 === 0,
      }),
    );
    await insertContracts(database(), added);
    await endContracts(
      database(),
      THE_FORGE,
      [{ contractId: 5, status: 'closed' }],
      daysAgo(1),
      RUN,
    );
    await endContracts(database(), THE_FORGE, [{ contractId: 6, status: 'closed' }], NOW, RUN);
    await database().execute('ANALYZE contracts');
    const { oldestEndAt, bytesAMonth } = await readStorage(database(), NOW);
    expect(oldestEndAt).toEqual(daysAgo(1));
    const [{ bytes } = { bytes: 0 }] = await database().query<{ bytes: number }>(
      `SELECT (pg_total_relation_size('contracts') + pg_total_relation_size('contract_items')
        + pg_total_relation_size('contract_bids'))::float8 AS bytes`,
    );
    // 60 of 90 in 14 days.
    expect(bytesAMonth).toBeCloseTo(((bytes / 90) * 60 * 30) / 14, -1);
  });

  test('tells no growth before a day has been seen', async () => {
    await insertContracts(database(), [
      newContract({ firstSeenAt: daysAgo(0.9), isBaseline: false }),
    ]);
    expect((await readStorage(database(), NOW)).bytesAMonth).toBeNull();
  });
});

import { expect } from 'vitest';
import { contractsOf, itemsPath, pick } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE } from '../../support/run-world.ts';

const ROWS = 100_000;
const PAGES = 100;
const RIFTER = 587;
const TRITANIUM = 34;
/** Node's default heap is twenty times as large. */
const LITTLE_MEMORY = { NODE_OPTIONS: '--max-old-space-size=160' };

serverTest.each([
  { size: 'larger than any batch', env: { DB_BATCH_SIZE: '1' } },
  { size: 'many batches', env: {} },
])(
  'a contract of 100,000 items that is $size is stored at once, in little memory',
  async ({ env }) => {
    const world = await startWorld({ regionIds: [THE_FORGE], contracts: 10 });
    const { universe } = world;
    const contract = pick(contractsOf(universe, THE_FORGE), ({ type }) => type === 'item_exchange');
    const items = Array.from({ length: ROWS }, (_, n) => ({
      record_id: 10_000_000 + n,
      type_id: n === ROWS - 1 ? RIFTER : TRITANIUM,
      quantity: n + 1,
      is_included: true,
      item_id: 1_050_000_000_000 + n,
    }));
    universe.items.set(contract.contract_id, items);

    const { summary } = world.read(await world.spawnRun([], { ...env, ...LITTLE_MEMORY }).done);

    expect(summary).toMatchObject({ exitCode: 0, failureCount: 0 });
    await world.expectTruth();
    const path = itemsPath(contract).replace('page=1', '');
    // After a full page the next is asked for, which is none: what is stored is stored for good.
    const asked = world.esi.requests.filter((one) => one.path.startsWith(path));
    expect(asked).toHaveLength(PAGES + 1);
    const writers = `SELECT 1 / (CASE WHEN count(DISTINCT xmin) = 1 THEN 1 ELSE 0 END) FROM (
    SELECT xmin::text FROM contracts WHERE contract_id = ${contract.contract_id}
    UNION SELECT xmin::text FROM contract_items WHERE contract_id = ${contract.contract_id}
  ) AS writers`;
    await world.tables.execute(writers);
    // Twenty of them load CCP's static data.
    expect(summary.database.statements).toBeLessThan(120);
  },
);

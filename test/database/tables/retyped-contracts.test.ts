import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { backlogOf } from '../../../src/database/tables/contract-results.ts';
import {
  insertContracts,
  type NewContract,
  updateListed,
} from '../../../src/database/tables/contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import {
  LATER,
  listedContract,
  newContract,
  PENDING,
  RUN,
  SHIP,
  storedContract,
  THE_FORGE,
} from './rows.ts';

const ID = 200_000_001;
const COURIER: Partial<NewContract> = {
  ...PENDING,
  type: 'courier',
  itemsStatus: 'none',
  shipReason: 'not_item_exchange',
};

const NOTHING_KNOWN = {
  items_status: 'pending',
  items_fetched_at: null,
  items_attempts: 0,
  items_retry_at: null,
  is_ship_contract: false,
  ship_reason: null,
  contains_additional_items: false,
  requests_items: false,
  ship_type_id: null,
  quantity: null,
  is_blueprint_copy: null,
  runs: null,
  material_efficiency: null,
  time_efficiency: null,
};

type Write = (database: Database, type: string) => Promise<number>;

const WRITES: readonly (readonly [about: string, write: Write])[] = [
  ['by its listing', (database, type) => updateListed(database, [listedContract({ type })], RUN)],
  ['by another region', (database, type) => insertContracts(database, [newContract({ type })])],
];

onEachDatabase('a contract of another type than is stored', (database) => {
  test.each(WRITES)(
    'loses %s what was decided by the old one, and waits for its items',
    async (_, write) => {
      await insertContracts(database(), [newContract(COURIER)]);

      expect(await write(database(), 'item_exchange')).toBe(1);

      expect(await storedContract(database(), ID)).toMatchObject({
        ...NOTHING_KNOWN,
        type: 'item_exchange',
      });
      const backlog = await backlogOf(database(), THE_FORGE, LATER, 3);
      expect(backlog).toMatchObject([{ contractId: ID, type: 'item_exchange', itemsAttempts: 0 }]);
    },
  );

  test.each(WRITES)('is, told %s, no ship contract any more', async (_, write) => {
    await insertContracts(database(), [newContract(SHIP)]);

    expect(await write(database(), 'auction')).toBe(1);

    expect(await storedContract(database(), ID)).toMatchObject(NOTHING_KNOWN);
  });

  test('follows the dates of its listing at once, being no auction any more', async () => {
    const auction: NewContract = newContract({ type: 'auction', dateExpired: LATER });
    await insertContracts(database(), [auction]);

    expect(await updateListed(database(), [listedContract()], RUN)).toBe(1);

    expect(await storedContract(database(), ID)).toMatchObject({
      date_expired: '2026-09-15T10:00:00+00:00',
    });
    expect(await updateListed(database(), [listedContract()], RUN)).toBe(0);
  });
});

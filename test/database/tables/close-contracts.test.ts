import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  closeContracts,
  compareListed,
  insertContracts,
  keepLastListed,
  outstandingOf,
  updateListed,
} from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import {
  DOMAIN,
  FIRST_SEEN,
  LATER,
  newContract,
  RUN,
  SHIP,
  storedContract,
  THE_FORGE,
} from './rows.ts';

function closes(database: () => Database): void {
  test.each(['closed', 'expired'] as const)(
    'a contract that left the listing is %s, with the time, and nothing else of it changes',
    async (status) => {
      await insertContracts(database(), [newContract({ ...SHIP, contractId: 1 })]);
      const before = await storedContract(database(), 1);
      const vanished = [{ contractId: 1, status }];
      expect(await endContracts(database(), THE_FORGE, vanished, LATER, RUN)).toBe(1);
      expect(await storedContract(database(), 1)).toEqual({
        ...before,
        changed_in: RUN,
        status,
        closed_at: '2026-09-08T12:30:00+00:00',
        ended_after: before?.['date_issued'],
        ended_before: '2026-09-08T12:30:00+00:00',
      });
    },
  );

  test('a contract of another region stays as it is', async () => {
    await insertContracts(database(), [newContract({ contractId: 1, regionId: DOMAIN })]);
    const vanished = [{ contractId: 1, status: 'closed' as const }];
    expect(await endContracts(database(), THE_FORGE, vanished, LATER, RUN)).toBe(0);
    expect(await storedContract(database(), 1)).toMatchObject({ status: 'outstanding' });
  });

  test('a contract that is closed stays as it was closed first', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await endContracts(
      database(),
      THE_FORGE,
      [{ contractId: 1, status: 'closed' }],
      FIRST_SEEN,
      RUN,
    );
    const again = [{ contractId: 1, status: 'expired' as const }];
    expect(await endContracts(database(), THE_FORGE, again, LATER, RUN)).toBe(0);
    expect(await storedContract(database(), 1)).toMatchObject({
      status: 'closed',
      closed_at: '2026-09-08T12:00:00+00:00',
    });
  });

  test('contracts that did not vanish stay outstanding', async () => {
    const ids = [1, 2, 1_234_567_890_123];
    await insertContracts(
      database(),
      ids.map((contractId) => newContract({ contractId })),
    );
    const vanished = [{ contractId: 1_234_567_890_123, status: 'closed' as const }];
    expect(await endContracts(database(), THE_FORGE, vanished, LATER, RUN)).toBe(1);
    const outstanding = await outstandingOf(database(), THE_FORGE);
    expect([...outstanding.keys()].sort()).toEqual([1, 2]);
  });

  test('nothing vanished asks the database nothing', async () => {
    const { statements } = database().counters;
    expect(await endContracts(database(), THE_FORGE, [], LATER, RUN)).toBe(0);
    expect(database().counters.statements).toBe(statements);
  });
}

const SNAPSHOT = new Date('2026-09-08T11:30:00Z');
const NEXT = new Date('2026-09-08T12:00:00Z');
const CLOSING = { regionId: THE_FORGE, lastReflected: SNAPSHOT, now: LATER, runNumber: RUN };

async function windowOf(database: Database, contractId: number) {
  const { ended_after, ended_before } = (await storedContract(database, contractId)) ?? {};
  return [ended_after, ended_before];
}

function windows(database: () => Database): void {
  const gone = { contractId: 1, status: 'closed', endedBefore: NEXT } as const;
  const vanished = [gone];

  test('it lies between the last listing that showed it and the first that did not', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await closeContracts(database(), vanished, CLOSING);
    expect(await windowOf(database(), 1)).toEqual([
      '2026-09-08T11:30:00+00:00',
      '2026-09-08T12:00:00+00:00',
    ]);
  });

  test('a contract that no complete listing showed did not end before it was issued', async () => {
    const dateIssued = new Date('2026-09-08T11:50:00Z');
    await insertContracts(database(), [newContract({ contractId: 1, dateIssued })]);
    await closeContracts(database(), vanished, CLOSING);
    expect(await windowOf(database(), 1)).toEqual([
      '2026-09-08T11:50:00+00:00',
      '2026-09-08T12:00:00+00:00',
    ]);
  });

  test('an auction’s date of issue is blurred, and says nothing', async () => {
    const dateIssued = new Date('2026-09-08T11:50:00Z');
    await insertContracts(database(), [
      newContract({ contractId: 1, type: 'auction', dateIssued }),
    ]);
    await closeContracts(database(), vanished, { ...CLOSING, lastReflected: null });
    expect(await windowOf(database(), 1)).toEqual([null, '2026-09-08T12:00:00+00:00']);
  });

  test('it begins before the listings that were cut off before the contract', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await keepLastListed(database(), [1], CLOSING);
    await keepLastListed(database(), [1], { ...CLOSING, lastReflected: NEXT });
    const closing = { ...CLOSING, lastReflected: LATER };
    await closeContracts(database(), [{ ...gone, endedBefore: LATER }], closing);
    expect(await windowOf(database(), 1)).toEqual([
      '2026-09-08T11:30:00+00:00',
      '2026-09-08T12:30:00+00:00',
    ]);
  });

  test('it has no beginning where no complete listing showed the contract before it was cut off', async () => {
    await insertContracts(database(), [newContract({ contractId: 1, type: 'auction' })]);
    await keepLastListed(database(), [1], { ...CLOSING, lastReflected: null });
    await closeContracts(database(), vanished, CLOSING);
    expect(await windowOf(database(), 1)).toEqual([null, '2026-09-08T12:00:00+00:00']);
  });

  test('a contract that a later listing shows forgets that one was cut off before it', async () => {
    const contract = newContract({ contractId: 1 });
    await insertContracts(database(), [contract]);
    await keepLastListed(database(), [1], CLOSING);
    expect([...(await compareListed(database(), [contract]))]).toEqual([[1, 'changed']]);
    await updateListed(database(), [contract], RUN);
    expect(await storedContract(database(), 1)).toMatchObject({ last_listed_at: null });
    expect([...(await compareListed(database(), [contract]))]).toEqual([]);
  });
}

function listsOutstanding(database: () => Database): void {
  test('ids beyond 32 bits are listed with the time of expiry in milliseconds', async () => {
    const dateExpired = new Date('2026-09-15T10:00:00.123Z');
    const contractId = 1_234_567_890_123;
    await insertContracts(database(), [newContract({ contractId, dateExpired })]);
    expect(await outstandingOf(database(), THE_FORGE)).toEqual(
      new Map([[contractId, dateExpired.getTime()]]),
    );
  });

  test('only outstanding contracts of the region are listed', async () => {
    await insertContracts(database(), [
      newContract({ contractId: 1 }),
      newContract({ contractId: 2 }),
      newContract({ contractId: 3, regionId: DOMAIN }),
    ]);
    await endContracts(database(), THE_FORGE, [{ contractId: 2, status: 'closed' }], LATER, RUN);
    expect([...(await outstandingOf(database(), THE_FORGE)).keys()]).toEqual([1]);
    expect([...(await outstandingOf(database(), DOMAIN)).keys()]).toEqual([3]);
  });

  test('a region without contracts has none', async () => {
    expect(await outstandingOf(database(), THE_FORGE)).toEqual(new Map());
  });
}

onEachDatabase('contracts that leave a listing', (database) => {
  describe('closing', () => closes(database));
  describe('the window of an end', () => windows(database));
  describe('outstanding contracts', () => listsOutstanding(database));
});

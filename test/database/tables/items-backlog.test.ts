import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { insertItems } from '../../../src/database/tables/contract-items.ts';
import { backlogOf, standingsOf } from '../../../src/database/tables/contract-results.ts';
import { insertContracts, type NewContract } from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, FIRST_SEEN, itemRow, LATER, newContract, RUN, THE_FORGE } from './rows.ts';

const MAX_ATTEMPTS = 3;
const SOONER = new Date(LATER.getTime() - 1);
const AFTER = new Date(LATER.getTime() + 1);

function hoursAfter(hours: number): Date {
  return new Date(LATER.getTime() + hours * 3_600_000);
}

interface BacklogCase {
  readonly about: string;
  readonly contract: Partial<NewContract>;
  readonly isDue: boolean;
}

/** Asked at LATER. */
const CASES: readonly BacklogCase[] = [
  { about: 'pending', contract: { itemsStatus: 'pending' }, isDue: true },
  { about: 'pending after two attempts', contract: { itemsAttempts: 2 }, isDue: true },
  { about: 'pending after all attempts', contract: { itemsAttempts: 3 }, isDue: false },
  {
    about: 'pending, with a retry time that has not come (only an unavailable one waits)',
    contract: { itemsStatus: 'pending', itemsRetryAt: AFTER },
    isDue: true,
  },
  {
    about: 'unavailable until a moment ago',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: SOONER, itemsAttempts: 1 },
    isDue: true,
  },
  {
    about: 'unavailable until now',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: LATER, itemsAttempts: 1 },
    isDue: true,
  },
  {
    about: 'unavailable for a moment more',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: AFTER, itemsAttempts: 1 },
    isDue: false,
  },
  {
    about: 'unavailable for an hour more, by a clock that is a little ahead of ours',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: hoursAfter(1.1), itemsAttempts: 1 },
    isDue: false,
  },
  {
    about: 'unavailable for longer than ESI ever tells: the clock was wrong',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: hoursAfter(2.1), itemsAttempts: 1 },
    isDue: true,
  },
  {
    about: 'unavailable without a time',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: null },
    isDue: false,
  },
  {
    about: 'unavailable after all attempts',
    contract: { itemsStatus: 'unavailable', itemsRetryAt: SOONER, itemsAttempts: 3 },
    isDue: false,
  },
  { about: 'fetched', contract: { itemsStatus: 'fetched' }, isDue: false },
  { about: 'without items by its type', contract: { itemsStatus: 'none' }, isDue: false },
  { about: 'of another region', contract: { regionId: DOMAIN }, isDue: false },
];

function choosesTheDue(database: () => Database): void {
  test.each(CASES)('a contract that is $about: due = $isDue', async ({ contract, isDue }) => {
    await insertContracts(database(), [newContract(contract)]);
    const backlog = await backlogOf(database(), THE_FORGE, LATER, MAX_ATTEMPTS);
    expect(backlog).toHaveLength(isDue ? 1 : 0);
  });

  test.each(CASES)(
    'the standing of a region tells of one that is $about',
    async ({ contract, isDue }) => {
      await insertContracts(database(), [newContract(contract)]);
      const standings = await standingsOf(database(), LATER, MAX_ATTEMPTS);
      expect(standings.get(THE_FORGE)?.hasBacklog ?? false).toBe(isDue);
    },
  );

  test('a closed contract is not asked for', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await endContracts(
      database(),
      THE_FORGE,
      [{ contractId: 1, status: 'closed' }],
      FIRST_SEEN,
      RUN,
    );
    expect(await backlogOf(database(), THE_FORGE, LATER, MAX_ATTEMPTS)).toEqual([]);
    expect(await standingsOf(database(), LATER, MAX_ATTEMPTS)).toEqual(new Map());
  });
}

function tellsWhatIsThere(database: () => Database): void {
  test('contracts come in order, with their type and attempts', async () => {
    await insertContracts(database(), [
      newContract({ contractId: 1_234_567_890_123 }),
      newContract({ contractId: 7, type: 'auction', itemsAttempts: 2 }),
    ]);
    expect(await backlogOf(database(), THE_FORGE, LATER, MAX_ATTEMPTS)).toEqual([
      { contractId: 7, type: 'auction', itemsAttempts: 2, hasItems: false },
      { contractId: 1_234_567_890_123, type: 'item_exchange', itemsAttempts: 0, hasItems: false },
    ]);
  });

  test('a contract whose items are stored is told from one whose are not', async () => {
    await insertContracts(
      database(),
      [1, 2].map((contractId) => newContract({ contractId })),
    );
    const items = [1, 2].map((recordId) => itemRow({ recordId }));
    await insertItems(database(), [{ contractId: 2, items }]);
    const backlog = await backlogOf(database(), THE_FORGE, LATER, MAX_ATTEMPTS);
    expect(backlog.map(({ contractId, hasItems }) => [contractId, hasItems])).toEqual([
      [1, false],
      [2, true],
    ]);
  });
}

onEachDatabase('contracts whose items are still to be had', (database) => {
  describe('which are due', () => choosesTheDue(database));
  describe('what is told of them', () => tellsWhatIsThere(database));
});

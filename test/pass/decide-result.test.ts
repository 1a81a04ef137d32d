import { describe, expect, it } from 'vitest';
import type { ContractItem } from '../../src/model.ts';
import { decideResult, type KnownOutcome, type KnownTypes } from '../../src/pass/decide-result.ts';
import { NOT_CLASSIFIED } from '../../src/pass/ships/classify-contract.ts';

const NOW = new Date('2026-09-08T12:00:00Z');
const RETRY_AT = new Date('2026-09-08T13:00:00Z');
const RIFTER = 587;
const TRITANIUM = 34;
const UNRESOLVED = 99_999;

const TYPES: KnownTypes = {
  isResolved: (typeId) => typeId !== UNRESOLVED,
  isShip: (typeId) => typeId === RIFTER,
};

function item(recordId: number, typeId: number): ContractItem {
  return {
    recordId,
    typeId,
    quantity: 1,
    isIncluded: true,
    isBlueprintCopy: false,
    itemId: null,
    runs: null,
    materialEfficiency: null,
    timeEfficiency: null,
  };
}

function decide(outcome: KnownOutcome, attempts = 1, type = 'item_exchange') {
  return decideResult(type, outcome, attempts, TYPES, NOW);
}

describe('a contract whose items came', () => {
  it('is fetched, and classified by them', () => {
    const items = [item(1, RIFTER), item(2, TRITANIUM)];

    expect(decide({ kind: 'rows', rows: items })).toEqual({
      items,
      result: {
        isShipContract: true,
        shipReason: 'ship_with_extras',
        containsAdditionalItems: true,
        requestsItems: false,
        shipTypeId: RIFTER,
        quantity: 1,
        isBlueprintCopy: false,
        runs: null,
        materialEfficiency: null,
        timeEfficiency: null,
        itemsStatus: 'fetched',
        itemsFetchedAt: NOW,
        itemsAttempts: 1,
        itemsRetryAt: null,
      },
    });
  });

  it('stays pending while a type is not known, and keeps its items', () => {
    const items = [item(1, RIFTER), item(2, UNRESOLVED)];

    expect(decide({ kind: 'rows', rows: items })).toEqual({
      items,
      result: {
        ...NOT_CLASSIFIED,
        itemsStatus: 'pending',
        itemsFetchedAt: null,
        itemsAttempts: 1,
        itemsRetryAt: null,
      },
    });
  });

  it('is no ship contract when it is an auction', () => {
    const { result } = decide({ kind: 'rows', rows: [item(1, RIFTER)] }, 0, 'auction');

    expect(result).toMatchObject({ shipReason: 'not_item_exchange', itemsStatus: 'fetched' });
  });
});

describe('a contract without items to look at', () => {
  it.each([
    { kind: 'empty', attempts: 2 },
    { kind: 'broken', attempts: 2 },
    { kind: 'postponed', attempts: 1 },
  ] as const)('stays pending after "$kind", with $attempts attempts after one', (one) => {
    const outcome = one.kind === 'broken' ? { kind: one.kind, message: 'odd' } : { kind: one.kind };

    expect(decide(outcome)).toEqual({
      items: [],
      result: {
        ...NOT_CLASSIFIED,
        itemsStatus: 'pending',
        itemsFetchedAt: null,
        itemsAttempts: one.attempts,
        itemsRetryAt: null,
      },
    });
  });

  it('is unavailable when they are gone, until the answer expires', () => {
    const probe = { status: 204, error: null, at: '2026-09-08T12:00:00.000Z' };
    expect(decide({ kind: 'gone', expiresAt: RETRY_AT, probe })).toEqual({
      probe,
      items: [],
      result: {
        ...NOT_CLASSIFIED,
        itemsStatus: 'unavailable',
        itemsFetchedAt: null,
        itemsAttempts: 2,
        itemsRetryAt: RETRY_AT,
      },
    });
  });

  it.each(['courier', 'loan', 'unknown', 'barter'])('of the type %s has none', (type) => {
    expect(decide({ kind: 'none' }, 0, type)).toEqual({
      items: [],
      result: {
        ...NOT_CLASSIFIED,
        shipReason: 'not_item_exchange',
        itemsStatus: 'none',
        itemsFetchedAt: null,
        itemsAttempts: 0,
        itemsRetryAt: null,
      },
    });
  });
});

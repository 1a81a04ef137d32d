import { describe, expect, it } from 'vitest';
import type { ContractItem, ShipReason } from '../../../src/model.ts';
import { classifyContract, NOT_CLASSIFIED } from '../../../src/pass/ships/classify-contract.ts';

const RIFTER = 587;
const RAVEN = 638;
const TRITANIUM = 34;
const SHIPS: ReadonlySet<number> = new Set([RIFTER, RAVEN]);

const NO_DETAILS = {
  shipTypeId: null,
  quantity: null,
  isBlueprintCopy: null,
  runs: null,
  materialEfficiency: null,
  timeEfficiency: null,
};

let lastRecordId = 0;

function sold(typeId: number, overrides: Partial<ContractItem> = {}): ContractItem {
  lastRecordId += 1;
  return {
    recordId: lastRecordId,
    typeId,
    quantity: 1,
    isIncluded: true,
    isBlueprintCopy: false,
    itemId: null,
    runs: null,
    materialEfficiency: null,
    timeEfficiency: null,
    ...overrides,
  };
}

function wanted(typeId: number): ContractItem {
  return sold(typeId, { isIncluded: false });
}

function classify(items: readonly ContractItem[], type = 'item_exchange') {
  return classifyContract(type, items, (typeId) => SHIPS.has(typeId));
}

interface Case {
  readonly of: string;
  readonly items: readonly ContractItem[];
  readonly reason: ShipReason;
}

const SHIP_CONTRACTS: readonly Case[] = [
  { of: 'one hull alone', items: [sold(RIFTER)], reason: 'single_ship' },
  { of: 'one stack of hulls', items: [sold(RIFTER, { quantity: 7 })], reason: 'single_ship' },
  {
    of: 'a hull with modules',
    items: [sold(TRITANIUM), sold(RIFTER), sold(TRITANIUM)],
    reason: 'ship_with_extras',
  },
  { of: 'a hull for goods', items: [sold(RIFTER), wanted(TRITANIUM)], reason: 'ship_for_goods' },
  {
    of: 'a hull for another hull',
    items: [wanted(RAVEN), sold(RIFTER)],
    reason: 'ship_for_goods',
  },
  {
    of: 'a hull with modules for goods',
    items: [sold(RIFTER), sold(TRITANIUM), wanted(TRITANIUM)],
    reason: 'ship_for_goods',
  },
];

const OTHER_CONTRACTS: readonly Case[] = [
  { of: 'two kinds of hull', items: [sold(RIFTER), sold(RAVEN)], reason: 'several_ships' },
  { of: 'two rows of one hull', items: [sold(RIFTER), sold(RIFTER)], reason: 'several_ships' },
  {
    of: 'two hulls for goods',
    items: [sold(RIFTER), sold(RAVEN), wanted(TRITANIUM)],
    reason: 'several_ships',
  },
  { of: 'a hull that is asked for', items: [wanted(RIFTER)], reason: 'ship_wanted' },
  {
    of: 'goods for a hull',
    items: [sold(TRITANIUM), wanted(RIFTER)],
    reason: 'ship_wanted',
  },
  { of: 'goods alone', items: [sold(TRITANIUM)], reason: 'no_ship' },
  { of: 'goods for goods', items: [sold(TRITANIUM), wanted(TRITANIUM)], reason: 'no_ship' },
  { of: 'nothing', items: [], reason: 'no_ship' },
];

describe('a ship contract', () => {
  it.each(SHIP_CONTRACTS)('is one of $of: $reason', ({ items, reason }) => {
    const classification = classify(items);

    expect(classification.shipReason).toBe(reason);
    expect(classification.isShipContract).toBe(true);
    expect(classification.shipTypeId).toBe(RIFTER);
  });

  it('takes over the number of hulls in the stack', () => {
    expect(classify([sold(TRITANIUM, { quantity: 5 }), sold(RIFTER, { quantity: 7 })])).toEqual({
      isShipContract: true,
      shipReason: 'ship_with_extras',
      containsAdditionalItems: true,
      requestsItems: false,
      ...NO_DETAILS,
      shipTypeId: RIFTER,
      quantity: 7,
      isBlueprintCopy: false,
    });
  });

  it('takes over the details of the row that is sold, not of the one asked for', () => {
    const details = {
      quantity: 2,
      isBlueprintCopy: true,
      runs: 3,
      materialEfficiency: 10,
      timeEfficiency: 20,
    };

    const classification = classify([wanted(RAVEN), sold(RIFTER, details)]);

    expect(classification).toMatchObject({ shipTypeId: RIFTER, ...details });
  });
});

describe('any other contract', () => {
  it.each(OTHER_CONTRACTS)('of $of is $reason', ({ items, reason }) => {
    const classification = classify(items);

    expect(classification.shipReason).toBe(reason);
    expect(classification).toMatchObject({ isShipContract: false, ...NO_DETAILS });
  });

  it.each(['auction', 'courier', 'loan', 'unknown', 'something_new', ''])(
    'of the type "%s" is no ship contract, whatever it holds',
    (type) => {
      const classification = classify([sold(RIFTER)], type);

      expect(classification.shipReason).toBe('not_item_exchange');
      expect(classification).toMatchObject({ isShipContract: false, ...NO_DETAILS });
    },
  );
});

describe('the flags of a contract', () => {
  it.each([
    { of: 'no row', items: [], additional: false, requests: false },
    { of: 'one stack', items: [sold(RIFTER, { quantity: 9 })], additional: false, requests: false },
    { of: 'two rows', items: [sold(RIFTER), sold(RIFTER)], additional: true, requests: false },
    { of: 'one row asked for', items: [wanted(RIFTER)], additional: false, requests: true },
    {
      of: 'one row of each kind',
      items: [sold(RIFTER), wanted(TRITANIUM)],
      additional: true,
      requests: true,
    },
  ])('tell of $of: additional $additional, requests $requests', (one) => {
    for (const type of ['item_exchange', 'auction']) {
      const { containsAdditionalItems, requestsItems } = classify(one.items, type);

      expect({ containsAdditionalItems, requestsItems }).toEqual({
        containsAdditionalItems: one.additional,
        requestsItems: one.requests,
      });
    }
  });

  it('are false and without a reason while the items are not known', () => {
    expect(NOT_CLASSIFIED).toEqual({
      isShipContract: false,
      shipReason: null,
      containsAdditionalItems: false,
      requestsItems: false,
      ...NO_DETAILS,
    });
  });
});

import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { ContractItem } from '../../src/model.ts';
import { decideResult, type KnownOutcome } from '../../src/pass/decide-result.ts';
import { classifyContract, NOT_CLASSIFIED } from '../../src/pass/ships/classify-contract.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { itemsOf } from '../support/item-values.ts';
import { law } from '../support/laws.ts';

const RIFTER = 587;
const RAVEN = 638;
const TRITANIUM = 34;
const isShip = (typeId: number) => typeId === RIFTER || typeId === RAVEN;

const items = itemsOf([RIFTER, RAVEN, TRITANIUM, 35]);
const types = fc.oneof(
  { weight: 4, arbitrary: fc.constant('item_exchange') },
  fc.constantFrom('auction', 'courier', 'loan', 'unknown', 'ITEM_EXCHANGE'),
  hostileTexts,
);
const orders = fc.infiniteStream(fc.nat());

function shuffled<T>(elements: readonly T[], order: Iterator<number>): T[] {
  return elements
    .map((element) => [order.next().value ?? 0, element] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, element]) => element);
}

function sold(rows: readonly ContractItem[]): ContractItem[] {
  return rows.filter((row) => row.isIncluded && isShip(row.typeId));
}

function another(typeId: number, isIncluded: boolean, rows: readonly ContractItem[]): ContractItem {
  const recordId = Math.max(0, ...rows.map((row) => row.recordId % 1000)) + 2 ** 40;
  const nothing = { itemId: null, runs: null, materialEfficiency: null, timeEfficiency: null };
  return { recordId, typeId, quantity: 1, isIncluded, isBlueprintCopy: false, ...nothing };
}

describe('a contract', () => {
  law(
    'sells a ship when it is an exchange and one row of a ship is included, else never',
    fc.property(types, items, (type, rows) => {
      const { isShipContract } = classifyContract(type, rows, isShip);

      expect(isShipContract).toBe(type === 'item_exchange' && sold(rows).length === 1);
    }),
  );

  law(
    'that sells a ship shows the details of that very row, and another contract those of none',
    fc.property(types, items, (type, rows) => {
      const { isShipContract, ...result } = classifyContract(type, rows, isShip);
      const [ship] = isShipContract ? sold(rows) : [];

      expect(result).toMatchObject({
        shipTypeId: ship?.typeId ?? null,
        quantity: ship?.quantity ?? null,
        isBlueprintCopy: ship?.isBlueprintCopy ?? null,
        runs: ship?.runs ?? null,
        materialEfficiency: ship?.materialEfficiency ?? null,
        timeEfficiency: ship?.timeEfficiency ?? null,
      });
    }),
  );

  law(
    'is the same in whatever order its rows come',
    fc.property(types, items, orders, (type, rows, order) => {
      expect(classifyContract(type, shuffled(rows, order), isShip)).toEqual(
        classifyContract(type, rows, isShip),
      );
    }),
  );

  law(
    'neither begins nor ceases to sell a ship by what it asks for or adds',
    fc.property(types, items, fc.boolean(), (type, rows, isIncluded) => {
      const before = classifyContract(type, rows, isShip);
      const more = another(isIncluded ? TRITANIUM : RIFTER, isIncluded, rows);
      const after = classifyContract(type, [...rows, more], isShip);

      expect(after.isShipContract).toBe(before.isShipContract);
      expect(after.containsAdditionalItems).toBe(rows.length > 0);
      expect(after.requestsItems).toBe(before.requestsItems || !isIncluded);
      if (!isIncluded) expect(after.shipReason).not.toMatch(/single_ship|ship_with_extras|no_ship/);
    }),
  );

  law(
    'with one ship more sells several, or its first',
    fc.property(items, (rows) => {
      const after = classifyContract(
        'item_exchange',
        [...rows, another(RAVEN, true, rows)],
        isShip,
      );

      expect(after.isShipContract).toBe(sold(rows).length === 0);
      expect(after.shipReason === 'several_ships').toBe(sold(rows).length > 0);
    }),
  );

  law(
    'says why by the reason that its flags say too',
    fc.property(types, items, (type, rows) => {
      const { isShipContract, shipReason } = classifyContract(type, rows, isShip);
      const reasons = ['single_ship', 'ship_with_extras', 'ship_for_goods'];

      expect(reasons.includes(shipReason ?? '')).toBe(isShipContract);
      expect(shipReason === 'not_item_exchange').toBe(type !== 'item_exchange');
    }),
  );
});

const UNRESOLVED = 99_999;
const NOW = new Date('2026-09-08T12:00:00Z');
const PROBE = { status: 404, error: 'Contract not found!', at: NOW.toISOString() };
const knownTypes = { isShip, isResolved: (typeId: number) => typeId !== UNRESOLVED };
const outcomes: fc.Arbitrary<KnownOutcome> = fc.oneof(
  itemsOf([RIFTER, TRITANIUM, UNRESOLVED]).map((rows) => ({ kind: 'rows' as const, rows })),
  fc.constantFrom({ kind: 'none' }, { kind: 'postponed' }, { kind: 'empty' } as const),
  fc.string().map((message) => ({ kind: 'broken' as const, message })),
  fc
    .date({ noInvalidDate: true })
    .map((expiresAt) => ({ kind: 'gone' as const, expiresAt, probe: PROBE })),
);

describe('what is decided of a contract', () => {
  law(
    'says nothing of its items unless all are known with all their types',
    fc.property(types, outcomes, fc.nat(5), (type, outcome, attempts) => {
      const { result } = decideResult(type, outcome, attempts, knownTypes, NOW);
      const isKnown =
        outcome.kind === 'rows' && outcome.rows.every(({ typeId }) => typeId !== UNRESOLVED);

      expect(result.itemsStatus === 'fetched').toBe(isKnown);
      expect(result.itemsFetchedAt).toEqual(isKnown ? NOW : null);
      if (!isKnown && outcome.kind !== 'none') expect(result).toMatchObject(NOT_CLASSIFIED);
    }),
  );

  law(
    'keeps every item that came, and invents none',
    fc.property(types, outcomes, fc.nat(5), (type, outcome, attempts) => {
      const { items: kept } = decideResult(type, outcome, attempts, knownTypes, NOW);

      expect(kept).toEqual(outcome.kind === 'rows' ? outcome.rows : []);
    }),
  );

  law(
    'counts an answer without items once, and no other',
    fc.property(types, outcomes, fc.nat(5), (type, outcome, attempts) => {
      const { result } = decideResult(type, outcome, attempts, knownTypes, NOW);
      const isAnswerWithout = ['empty', 'broken', 'gone'].includes(outcome.kind);

      if (outcome.kind !== 'none') {
        expect(result.itemsAttempts).toBe(attempts + (isAnswerWithout ? 1 : 0));
      }
      expect(result.itemsRetryAt).toEqual(outcome.kind === 'gone' ? outcome.expiresAt : null);
    }),
  );
});

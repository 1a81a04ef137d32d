import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { insertItems } from '../../../src/database/tables/contract-items.ts';
import { insertContracts, type NewContract } from '../../../src/database/tables/contracts.ts';
import type { ContractItem } from '../../../src/model.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { itemRow } from '../tables/rows.ts';
import { GILA, know, open, RIFTER_BLUEPRINT, rowsOf } from './view-world.ts';

const COPY = itemRow({ typeId: RIFTER_BLUEPRINT, quantity: 1, runs: 5, isBlueprintCopy: true });

interface BlueprintCase {
  readonly about: string;
  readonly contract?: Partial<NewContract>;
  readonly items: readonly Partial<ContractItem>[];
  readonly isClean: boolean;
  readonly pricePerRun: number | null;
}

const MANY = { containsAdditionalItems: true };
const BLUEPRINTS: readonly BlueprintCase[] = [
  { about: 'one copy', items: [{}], isClean: true, pricePerRun: 20 },
  { about: 'two of a kind', contract: MANY, items: [{}, {}], isClean: true, pricePerRun: 10 },
  {
    about: 'two kinds',
    contract: MANY,
    items: [{}, { runs: 4 }],
    isClean: false,
    pricePerRun: null,
  },
  {
    about: 'a copy and something else',
    contract: MANY,
    items: [{}, { typeId: GILA, isBlueprintCopy: false }],
    isClean: false,
    pricePerRun: null,
  },
  {
    about: 'an original',
    items: [{ isBlueprintCopy: false, runs: null }],
    isClean: true,
    pricePerRun: null,
  },
  {
    about: 'a copy for goods',
    contract: { ...MANY, requestsItems: true },
    items: [{}, { typeId: GILA, isIncluded: false, isBlueprintCopy: false }],
    isClean: false,
    pricePerRun: null,
  },
  { about: 'a gift', contract: { price: 0 }, items: [{}], isClean: false, pricePerRun: null },
  {
    about: 'a copy that is not classified yet, since a type was missing',
    contract: { itemsStatus: 'pending' },
    items: [{}, { typeId: GILA, isBlueprintCopy: false }],
    isClean: false,
    pricePerRun: null,
  },
  {
    about: 'an auction',
    contract: { type: 'auction' },
    items: [{}],
    isClean: false,
    pricePerRun: null,
  },
];

function showsBlueprints(database: () => Database): void {
  test.each(BLUEPRINTS)('$about: clean $isClean, $pricePerRun a run', async (one) => {
    await know(database());
    await insertContracts(database(), [
      open({ contractId: 1, price: 100, itemsStatus: 'fetched', ...one.contract }),
    ]);
    const items = one.items.map((item, index) => ({ ...COPY, recordId: index + 1, ...item }));
    await insertItems(database(), [{ contractId: 1, items }]);
    const [row] = await rowsOf(database(), 'blueprint_offers');
    expect(row).toMatchObject({
      blueprint: 'Rifter Blueprint',
      blueprint_type_id: RIFTER_BLUEPRINT,
      material_efficiency: 8,
      time_efficiency: 16,
      is_clean: one.isClean,
      price_per_run: one.pricePerRun,
    });
  });

  test('each blueprint for sale is a row, and nothing else is', async () => {
    await know(database());
    await insertContracts(database(), [open({ contractId: 1, ...MANY })]);
    const items = [
      { ...COPY, recordId: 1 },
      { ...COPY, recordId: 2, isBlueprintCopy: false, runs: null },
      { ...COPY, recordId: 3, isIncluded: false },
      { ...COPY, recordId: 4, typeId: GILA, isBlueprintCopy: false },
      { ...COPY, recordId: 5, typeId: 12_345 },
    ];
    await insertItems(database(), [{ contractId: 1, items }]);
    const rows = await rowsOf(database(), 'blueprint_offers');
    expect(rows.map((row) => row['blueprint_type_id']).sort()).toEqual([
      12_345,
      RIFTER_BLUEPRINT,
      RIFTER_BLUEPRINT,
    ]);
  });
}

onEachDatabase('the view of blueprints', showsBlueprints);

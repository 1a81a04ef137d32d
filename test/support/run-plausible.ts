import { expect } from 'vitest';
import type { EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';
import { contractRow, itemRows, type KnownContract, listedPart } from './expected-rows.ts';
import type { Row, Tables } from './run-tables.ts';

const SHIP_CATEGORY_ID = 6;
/** What is only known with the items. */
const OF_ITEMS = [
  'items_status',
  'hasFetchTime',
  'is_ship_contract',
  'ship_reason',
  'contains_additional_items',
  'requests_items',
  'ship_type_id',
  'quantity',
  'is_blueprint_copy',
  'runs',
  'material_efficiency',
  'time_efficiency',
];

/**
 * What ESI has ever listed. While it misbehaves the tables may lag behind, but whatever they say
 * has to be true.
 */
export class History {
  readonly #universe: Universe;
  readonly #known = new Map<number, KnownContract>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** Takes note of the listings as they are now. */
  observe(): void {
    for (const [id, known] of this.#known) this.#known.set(id, { ...known, isListed: false });
    for (const [regionId, rows] of this.#universe.contracts) {
      for (const wire of rows) {
        const items = this.#universe.items.get(wire.contract_id) ?? [];
        this.#known.set(wire.contract_id, {
          regionId,
          wire: { ...wire },
          items: [...items],
          isListed: true,
        });
      }
    }
  }

  /** Nothing made up, nothing closed that is listed, no items but all of them, no flag but theirs. */
  async expectNothingFalse(tables: Tables, now: Date): Promise<void> {
    const stored = await tables.readAll('contracts', 'contract_items');
    const itemsOf = groupById(stored.contract_items);
    for (const row of stored.contracts) {
      this.#expectTrue(row, itemsOf.get(Number(row['contract_id'])) ?? [], now);
    }
  }

  /** Nothing false, and nothing missing: the tables show the listings as they are now. */
  async expectWholeTruth(tables: Tables, now: Date): Promise<void> {
    await this.expectNothingFalse(tables, now);
    const stored = await tables.rows('contracts');
    const listed = [...this.#known].filter(([, { isListed }]) => isListed).map(([id]) => id);
    const open = stored.filter((row) => row['status'] === 'outstanding');
    const waiting = stored.filter((row) => row['items_status'] === 'pending');
    expect(open.map((row) => Number(row['contract_id'])).sort()).toEqual(listed.sort());
    expect(waiting.filter((row) => row['status'] === 'outstanding')).toEqual([]);
  }

  #expectTrue(row: Row, items: readonly Row[], now: Date): void {
    const contractId = Number(row['contract_id']);
    const known = this.#known.get(contractId);
    if (known === undefined) throw new Error(`contract ${contractId} was never listed`);
    const isPending = row['items_status'] === 'pending';
    const expected = contractRow(known, now, (item) => this.#isShip(item));
    const actual = listedPart(row);
    const isOpen = row['status'] === 'outstanding';
    expect({ contractId, isClosedInTruth: isOpen || !known.isListed }).toEqual({
      contractId,
      isClosedInTruth: true,
    });
    if (row['status'] === 'expired') expect(expected['status']).toBe('expired');
    const ignored = ['status', ...(isPending ? OF_ITEMS : [])];
    expect(without(actual, ignored)).toEqual(without(expected, ignored));
    if (isPending) expect(row).toMatchObject({ is_ship_contract: false, ship_reason: null });
    if (!isPending || items.length > 0) expectAll(items, itemRows(contractId, known));
  }

  #isShip({ type_id: typeId }: EsiItem): boolean {
    const { groups, types } = this.#universe;
    const group = groups.get(types.get(typeId)?.group_id ?? 0);
    return group?.category_id === SHIP_CATEGORY_ID && group.published;
  }
}

function groupById(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const id = Number(row['contract_id']);
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return groups;
}

function expectAll(items: readonly Row[], expected: readonly Row[]): void {
  const byRecord = (one: Row, other: Row) => Number(one['record_id']) - Number(other['record_id']);
  expect(items.toSorted(byRecord)).toEqual(expected.toSorted(byRecord));
}

function without(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { EsiContract, Universe } from '../../fixtures/local-esi/universe.ts';
import {
  contractRow,
  itemRows,
  type KnownContract,
  listedPart,
  shipTest,
} from './expected-rows.ts';
import type { Row, Tables } from './run-tables.ts';

export interface TruthOptions {
  /** Only these regions; what the others hold is not looked at. */
  readonly regionIds?: readonly number[];
  /** Contracts that the test looks at itself. */
  readonly except?: Iterable<number>;
  /** Groups that count as ships. @default the published groups of category 6 */
  readonly shipGroupIds?: readonly number[];
}

/**
 * What the tables should hold, worked out from the universe and SPEC §5 alone. It remembers what
 * was listed before, so that contracts that left are expected to stay.
 */
export class Truth {
  readonly #universe: Universe;
  readonly #known = new Map<number, KnownContract>();
  readonly #firstSeen = new Map<number, unknown>();
  readonly #closed = new Map<number, unknown>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** Compares every row of contracts and items with what ESI lists now. */
  async expect(tables: Tables, now: Date, options: TruthOptions = {}): Promise<void> {
    this.#observe(options.regionIds ?? [...this.#universe.regions.keys()]);
    const expected = this.#chosen(options);
    const ids = new Set(expected.map(([contractId]) => contractId));
    const stored = await tables.readAll('contracts', 'contract_items');
    const isChosen = (row: Row) => this.#isChosen(row, options);
    const contracts = stored.contracts.filter(isChosen);
    const items = stored.contract_items.filter((row) => ids.has(Number(row['contract_id'])));
    const isShip = shipTest(this.#universe, options.shipGroupIds);
    expectSame(
      contracts.map(listedPart),
      expected.map(([, known]) => contractRow(known, now, isShip)),
    );
    expectSame(
      items,
      expected.flatMap(([id, known]) => itemRows(id, known)),
    );
    for (const row of contracts) this.#checkTimes(row);
  }

  #observe(regionIds: readonly number[]): void {
    for (const [contractId, known] of this.#known) {
      if (regionIds.includes(known.regionId)) {
        this.#known.set(contractId, { ...known, isListed: false });
      }
    }
    for (const regionId of regionIds) {
      for (const wire of this.#universe.contracts.get(regionId) ?? []) this.#see(regionId, wire);
    }
  }

  #see(regionId: number, wire: EsiContract): void {
    const before = this.#known.get(wire.contract_id);
    const { date_issued, date_expired } = before?.wire ?? wire;
    // The dates of an auction are blurred and drift: the first seen stay.
    const dates = wire.type === 'auction' ? { date_issued, date_expired } : {};
    const items = this.#universe.items.get(wire.contract_id) ?? before?.items ?? [];
    const known = { regionId, wire: { ...wire, ...dates }, items: [...items], isListed: true };
    this.#known.set(wire.contract_id, known);
  }

  #chosen({ regionIds, except = [] }: TruthOptions): [number, KnownContract][] {
    const left = new Set(except);
    return [...this.#known].filter(
      ([contractId, known]) =>
        !left.has(contractId) && (regionIds?.includes(known.regionId) ?? true),
    );
  }

  #isChosen(row: Row, { regionIds, except = [] }: TruthOptions): boolean {
    const isInRegion = regionIds?.includes(Number(row['region_id'])) ?? true;
    return isInRegion && !new Set(except).has(Number(row['contract_id']));
  }

  /** `first_seen_at` never changes; `closed_at` is set once, and only on what is closed. */
  #checkTimes(row: Row): void {
    const contractId = Number(row['contract_id']);
    const { first_seen_at: firstSeenAt, closed_at: closedAt } = row;
    const isOpen = row['status'] === 'outstanding';
    const expected = {
      contractId,
      firstSeenAt: this.#firstSeen.get(contractId) ?? firstSeenAt,
      closedAt: isOpen ? null : (this.#closed.get(contractId) ?? closedAt ?? 'a time'),
    };
    const actual = { contractId, firstSeenAt, closedAt };
    if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
    this.#firstSeen.set(contractId, firstSeenAt);
    if (isOpen) this.#closed.delete(contractId);
    else this.#closed.set(contractId, closedAt);
  }
}

/** As `toEqual` would, but tells only what differs. */
function expectSame(stored: readonly Row[], expected: readonly Row[]): void {
  const actual = byId(stored);
  const wanted = byId(expected);
  const surplus = [...actual.keys()].filter((id) => !wanted.has(id));
  const missing = [...wanted.keys()].filter((id) => !actual.has(id));
  expect({ surplus, missing }).toEqual({ surplus: [], missing: [] });
  // Faster than an expectation for each of so many rows.
  const differs = ([id, row]: [string, Row]) => !isDeepStrictEqual(actual.get(id), row);
  const [id, row] = [...wanted].find(differs) ?? [];
  if (id !== undefined) expect(actual.get(id)).toEqual(row);
}

function byId(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [`${row['contract_id']}/${row['record_id'] ?? ''}`, row]));
}

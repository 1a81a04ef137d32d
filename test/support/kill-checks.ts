import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Row } from './run-tables.ts';
import { contractsOf } from './run-universe.ts';
import type { World } from './run-world.ts';

/** SQLSTATE. */
const UNDEFINED_TABLE = '42P01';
/** Listings are half an hour apart. */
const NEAR_MS = 60_000;

/** One listing of a region, as ESI showed it. */
interface ShownListing {
  readonly regionId: number;
  /** A moment later than its Last-Modified. */
  readonly shownAtMs: number;
  readonly contractIds: ReadonlySet<number>;
}

/**
 * All that ESI has ever shown, kept to compare with what is stored at any moment: a run that died
 * may have stored a part of any listing, but no part that contradicts what its region says.
 */
export class Shown {
  readonly #listings: ShownListing[] = [];
  readonly #items = new Map<number, number>();

  /** Notes what ESI shows now. */
  note(world: World): void {
    const { universe } = world;
    const shownAtMs = world.now().getTime();
    for (const regionId of universe.regions.keys()) {
      const ids = contractsOf(universe, regionId).map((contract) => contract.contract_id);
      this.#listings.push({ regionId, shownAtMs, contractIds: new Set(ids) });
    }
    for (const [contractId, items] of universe.items) this.#items.set(contractId, items.length);
  }

  /** What readers may rely on at any moment. */
  async expectNothingTorn({ tables, databaseUrl, dataDir }: World): Promise<void> {
    if (databaseUrl === undefined && !existsSync(join(dataDir, 'pgdata'))) return;
    const stored = await tables
      .readAll('contracts', 'contract_items', 'regions')
      .catch(undefinedWithoutTables);
    if (stored === undefined) return;
    this.#expectItems(stored.contracts, stored.contract_items);
    const { contracts } = stored;
    for (const regionId of new Set(this.#listings.map((listing) => listing.regionId))) {
      const region = stored.regions.find((row) => row['region_id'] === regionId);
      const own = contracts.filter((row) => row['region_id'] === regionId);
      this.#expectWholeRegion(regionId, region, own);
    }
  }

  #expectItems(contracts: readonly Row[], items: readonly Row[]): void {
    const counts = new Map<unknown, number>();
    for (const { contract_id: id } of items) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const { contract_id: id, items_status: status } of contracts) {
      const expected = this.#items.get(Number(id)) ?? 0;
      const count = counts.get(id) ?? 0;
      const allowed = status === 'fetched' ? [expected] : [0, expected];
      expect(allowed, `items of contract ${id}, which is ${status}`).toContain(count);
    }
  }

  /**
   * Everything that the region's snapshot lists is outstanding, and of the rest only what was
   * listed later: what vanished before is closed, as a whole. Before the first snapshot, nothing is.
   */
  #expectWholeRegion(regionId: number, region: Row | undefined, contracts: readonly Row[]): void {
    const own = this.#listings.filter((listing) => listing.regionId === regionId);
    const storedMs = Date.parse(String(region?.['snapshot_last_modified'] ?? ''));
    const index = own.findIndex(({ shownAtMs }) => Math.abs(shownAtMs - storedMs) < NEAR_MS);
    const reflected = own[index];
    const later = own.slice(index + 1);
    const outstanding = idsOf(contracts.filter((row) => row['status'] === 'outstanding'));
    const contradictions = {
      snapshot: Number.isNaN(storedMs) || reflected !== undefined ? 'known' : storedMs,
      missing: [...(reflected?.contractIds ?? [])].filter((id) => !outstanding.has(id)),
      surplus: [...outstanding].filter((id) =>
        [reflected, ...later].every((listing) => !listing?.contractIds.has(id)),
      ),
      closedEarly: reflected ? [] : contracts.filter((row) => row['status'] !== 'outstanding'),
    };
    expect(contradictions, `region ${regionId}`).toEqual({
      snapshot: 'known',
      missing: [],
      surplus: [],
      closedEarly: [],
    });
    if (reflected) expect(region?.['listed_contracts']).toBe(reflected.contractIds.size);
  }
}

/** A run that died before the migrations leaves a database without tables. */
function undefinedWithoutTables(error: unknown): undefined {
  if ((error as { code?: string }).code !== UNDEFINED_TABLE) throw error;
}

function idsOf(rows: readonly Row[]): ReadonlySet<number> {
  return new Set(rows.map((row) => Number(row['contract_id'])));
}

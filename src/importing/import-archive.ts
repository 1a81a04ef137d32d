import type { ArchivedContract } from '../archive/archive-rows.ts';
import type { Archive, BidsOfAuction, WantItems } from '../archive/read-archive.ts';
import { insertBids, saveArchivedLooks } from '../database/tables/contract-bids.ts';
import { knownContracts, regionReaches } from '../database/tables/imported-contracts.ts';
import type { RegionChoice } from '../model.ts';
import type { ImportParts } from './import-parts.ts';
import { type ArchivedRegion, importRegion } from './import-region.ts';
import { modeOf, UNREACHED } from './region-mode.ts';
import { storeNew } from './store-new.ts';

/** A region as an archive shows it, before the archive was read to its end. */
type ReadRegion = Omit<ArchivedRegion, 'brokenIds' | 'unreadableRows'>;

/** Takes one archive into the database. */
export class ArchiveImporter {
  readonly #parts: ImportParts;
  readonly #choice: RegionChoice;
  #regions: readonly ReadRegion[] = [];
  #newIds: ReadonlySet<number> = new Set();

  /** @param choice the regions that are wanted */
  constructor(parts: ImportParts, choice: RegionChoice) {
    this.#parts = parts;
    this.#choice = choice;
  }

  /** Finds which contracts of the archive are new: only their items are worth keeping. */
  readonly wantItems: WantItems = async (contracts) => {
    const { read } = this.#parts.store;
    const reaches = await regionReaches(read);
    this.#regions = regionsOf(contracts.filter(this.#isWanted)).map((region) => {
      const reach = reaches.get(region.regionId) ?? UNREACHED;
      return { ...region, reach, mode: modeOf(region.listedAt, reach) };
    });
    const ids = this.#regions.filter(isUseful).flatMap((region) => idsOf(region));
    const known = await knownContracts(read, ids);
    this.#newIds = new Set(ids.filter((contractId) => !known.has(contractId)));
    return this.#newIds;
  };

  /**
   * Stores what the archive tells that was not known, after it was read to its end.
   *
   * @returns how many contracts of the wanted regions it has; undefined when all of it is too old
   * @throws DatabaseError, LockLostError, the signal's reason
   */
  async store(archive: Archive): Promise<number | undefined> {
    const { items, bids, skippedIds: brokenIds, unreadableRows } = archive;
    const { signal, report } = this.#parts;
    // Without a file of items, nobody has asked which contracts are new.
    if (this.#regions.length === 0) await this.wantItems(archive.contracts);
    const useful = this.#regions.filter(isUseful);
    const newIds = new Set([...this.#newIds].filter((id) => !brokenIds.has(id)));
    for (const region of useful) {
      signal.throwIfAborted();
      await storeNew(region, newIds, items, this.#parts);
      await importRegion({ ...region, brokenIds, unreadableRows }, this.#parts);
      report.contracts.listed += region.contracts.length;
    }
    await this.#storeBids(bids, useful.flatMap(idsOf));
    report.contracts.skipped += brokenIds.size + unreadableRows;
    if (useful.length === 0 && this.#regions.length > 0) return undefined;
    return useful.reduce((sum, region) => sum + region.contracts.length, 0);
  }

  readonly #isWanted = ({ regionId }: ArchivedContract): boolean =>
    this.#choice === 'all' || this.#choice.includes(regionId);

  async #storeBids(
    bids: ReadonlyMap<number, BidsOfAuction>,
    contractIds: readonly number[],
  ): Promise<void> {
    const { store, report } = this.#parts;
    const stored = await knownContracts(
      store.read,
      contractIds.filter((id) => bids.has(id)),
    );
    const auctions = [...stored].flatMap((contractId) => {
      const found = bids.get(contractId);
      return found === undefined ? [] : [{ contractId, ...found }];
    });
    if (auctions.length === 0) return;
    // ESI may be asked again at any time.
    const looks = auctions.map(({ contractId, seenAt }) => ({
      contractId,
      etag: null,
      seenAt,
      expiresAt: seenAt,
    }));
    const inserted = await store.write(async (sql) => {
      await saveArchivedLooks(sql, looks);
      return insertBids(sql, auctions);
    });
    report.bids.auctions += auctions.length;
    report.bids.inserted += inserted;
  }
}

function isUseful({ mode }: Pick<ArchivedRegion, 'mode'>): boolean {
  return mode.kind !== 'old';
}

function idsOf({ contracts }: Pick<ArchivedRegion, 'contracts'>): number[] {
  return contracts.map(({ contractId }) => contractId);
}

function regionsOf(contracts: readonly ArchivedContract[]) {
  const regions = new Map<number, { listedAt: Date; contracts: ArchivedContract[] }>();
  for (const contract of contracts) {
    const { regionId, lastModified } = contract;
    const region = regions.get(regionId);
    if (region === undefined) {
      regions.set(regionId, { listedAt: lastModified, contracts: [contract] });
    } else {
      region.contracts.push(contract);
      if (lastModified > region.listedAt) region.listedAt = lastModified;
    }
  }
  return [...regions].map(([regionId, region]) => ({ regionId, ...region }));
}

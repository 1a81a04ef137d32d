import type { EsiContract, EsiItem, EsiType } from '../../fixtures/local-esi/universe.ts';
import { CopyTable } from './copy-table.ts';
import { hasItems, IN_FLIGHT, type Reader } from './reader.ts';
import { WorkQueue } from './work-queue.ts';

const CONTRACT_COLUMNS =
  'contract_id, region_id, type, title, price, reward, collateral, buyout, volume, issuer_id, issuer_corporation_id, start_location_id, end_location_id, date_issued, date_expired, first_seen_at, items_status';
const ITEM_COLUMNS =
  'contract_id, record_id, type_id, quantity, is_included, is_blueprint_copy, item_id, runs, material_efficiency, time_efficiency';
const TYPE_COLUMNS = 'type_id, name, group_id, published, volume, last_refreshed_at';

class Floor {
  readonly #esi: Reader;
  readonly #contracts: CopyTable;
  readonly #items: CopyTable;
  readonly #types: CopyTable;
  readonly #queue = new WorkQueue(IN_FLIGHT);
  readonly #typeIds = new Set<number>();
  readonly #now = new Date().toISOString();

  constructor(esi: Reader, contracts: CopyTable, items: CopyTable, types: CopyTable) {
    this.#esi = esi;
    this.#contracts = contracts;
    this.#items = items;
    this.#types = types;
  }

  async run(): Promise<void> {
    const { data: regionIds } = await this.#esi.get<number[]>('/universe/regions');
    for (const regionId of regionIds) {
      this.#queue.add(() => this.#listingPage(regionId, 1));
    }
    await this.#queue.done();
    await Promise.all([this.#contracts.end(), this.#items.end(), this.#types.end()]);
    await this.#esi.close();
  }

  async #listingPage(regionId: number, page: number): Promise<void> {
    const path = `/contracts/public/${regionId}?page=${page}`;
    const { data, pages } = await this.#esi.get<EsiContract[]>(path);
    for (const row of data) this.#contract(row, regionId);
    if (page > 1) return;
    for (let next = 2; next <= pages; next += 1) {
      this.#queue.add(() => this.#listingPage(regionId, next));
    }
  }

  #contract(row: EsiContract, regionId: number): void {
    if (hasItems(row)) this.#queue.add(() => this.#itemsPage(row.contract_id, 1));
    this.#contracts.add(
      row.contract_id,
      regionId,
      row.type,
      row.title,
      row.price,
      row.reward,
      row.collateral,
      row.buyout,
      row.volume,
      row.issuer_id,
      row.issuer_corporation_id,
      row.start_location_id,
      row.end_location_id,
      row.date_issued,
      row.date_expired,
      this.#now,
      'fetched',
    );
  }

  async #itemsPage(contractId: number, page: number): Promise<void> {
    const path = `/contracts/public/items/${contractId}?page=${page}`;
    const { data, pages } = await this.#esi.get<EsiItem[]>(path);
    for (const item of data) this.#item(item, contractId);
    if (page > 1) return;
    for (let next = 2; next <= pages; next += 1) {
      this.#queue.add(() => this.#itemsPage(contractId, next));
    }
  }

  #item(item: EsiItem, contractId: number): void {
    if (!this.#typeIds.has(item.type_id)) {
      this.#typeIds.add(item.type_id);
      this.#queue.add(() => this.#type(item.type_id));
    }
    this.#items.add(
      contractId,
      item.record_id,
      item.type_id,
      item.quantity,
      item.is_included,
      item.is_blueprint_copy ?? false,
      item.item_id,
      item.runs,
      item.material_efficiency,
      item.time_efficiency,
    );
  }

  async #type(typeId: number): Promise<void> {
    const { data: type } = await this.#esi.get<EsiType>(`/universe/types/${typeId}`);
    const { name, group_id, published, volume } = type;
    this.#types.add(type.type_id, name, group_id, published, volume, this.#now);
  }
}

/**
 * No logic at all: GET the same URLs, 32 in flight from the first to the last, and COPY the rows.
 * Nothing that stores contracts can be faster.
 */
export async function runFloor(esi: Reader, databaseUrl: string): Promise<void> {
  const floor = new Floor(
    esi,
    await CopyTable.open(databaseUrl, 'contracts', CONTRACT_COLUMNS),
    await CopyTable.open(databaseUrl, 'contract_items_floor', ITEM_COLUMNS),
    await CopyTable.open(databaseUrl, 'esi_type_cache', TYPE_COLUMNS),
  );
  await floor.run();
}

import {
  contractsWithItems,
  holdersOf,
  type StoredWithItems,
} from '../database/tables/contract-items.ts';
import { updateClassification } from '../database/tables/contract-results.ts';
import { type CachedType, cachedTypes, markShips } from '../database/tables/types.ts';
import type { Logger } from '../terminal/logging.ts';
import { classifyContract } from './ships/classify-contract.ts';
import type { Store } from './store.ts';
import type { TypeCache } from './types/type-cache.ts';

interface ReclassifyParts {
  readonly store: Store;
  readonly types: Pick<TypeCache, 'resolve' | 'isShip'>;
  /** Contracts of a transaction. */
  readonly batchRows: number;
  readonly logger: Logger;
}

/**
 * Brings stored flags to the current ship groups and types, from the database alone. Each type
 * remembers whether contracts were classified with it as a ship; only contracts that hold a type
 * for which this has changed are looked at. A run that dies on the way leaves the rest to the next.
 */
export async function reclassify(parts: ReclassifyParts): Promise<void> {
  const { store, types } = parts;
  const stored = await cachedTypes(store.read);
  const changes = changedTypes(stored, types.isShip);
  if (changes.length === 0) return;
  const typeIds = changes.map(({ typeId }) => typeId);
  for (let afterId = 0; ; ) {
    const holders = await holdersOf(store.read, typeIds, afterId, parts.batchRows);
    if (holders.length === 0) break;
    await reclassifyContracts(await contractsWithItems(store.read, holders), parts);
    afterId = Math.max(...holders);
  }
  await store.write((sql) => markShips(sql, changes));
  parts.logger.info({ types: changes.length }, 'contracts reclassified');
}

/** The types for which the answer to "is it a ship?" is not that of the last classification. */
export function changedTypes(
  stored: readonly CachedType[],
  isShip: (typeId: number) => boolean,
): { typeId: number; isShip: boolean }[] {
  return stored
    .filter((type) => isShip(type.typeId) !== type.isShip)
    .map(({ typeId, isShip: wasShip }) => ({ typeId, isShip: !wasShip }));
}

async function reclassifyContracts(
  contracts: readonly StoredWithItems[],
  { store, types }: ReclassifyParts,
): Promise<void> {
  await types.resolve(contracts.flatMap(({ items }) => items.map(({ typeId }) => typeId)));
  const rows = contracts.map(({ contractId, type, items }) => ({
    contractId,
    ...classifyContract(type, items, types.isShip),
  }));
  await store.write((sql) => updateClassification(sql, rows));
}

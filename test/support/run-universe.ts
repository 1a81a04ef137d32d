import type { EsiContract, EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';

/** Every contract, or those of one region. */
export function contractsOf(universe: Universe, regionId?: number): EsiContract[] {
  if (regionId !== undefined) return universe.contracts.get(regionId) ?? [];
  return [...universe.contracts.values()].flat();
}

/** Contracts that have items to ask for. */
export function withItems(contracts: readonly EsiContract[]): EsiContract[] {
  return contracts.filter(({ type }) => type === 'item_exchange' || type === 'auction');
}

export function itemsOf(universe: Universe, { contract_id: id }: EsiContract): EsiItem[] {
  return universe.items.get(id) ?? [];
}

/** The first contracts that a test can use, as many as it names. */
export function pick(
  contracts: readonly EsiContract[],
  isWanted: (contract: EsiContract) => boolean = () => true,
): EsiContract {
  const found = contracts.find(isWanted);
  if (found === undefined) throw new Error('the universe holds no such contract');
  return found;
}

/** Takes contracts out of a region's listing to come. @returns puts them back */
export function takeAway(
  universe: Universe,
  regionId: number,
  isTaken: (contract: EsiContract) => boolean,
): () => void {
  const before = contractsOf(universe, regionId);
  universe.contracts.set(
    regionId,
    before.filter((contract) => !isTaken(contract)),
  );
  return () => {
    universe.contracts.set(regionId, before);
  };
}

export function itemsPath({ contract_id: id }: EsiContract): string {
  return `/contracts/public/items/${id}?page=1`;
}

/** Matches what asks for one contract's items. */
export function itemsOfContract({ contract_id: id }: EsiContract): RegExp {
  return new RegExp(`^/contracts/public/items/${id}\\b`);
}

export const ANY_ITEMS = /^\/contracts\/public\/items\//;

import type { ContractResult } from '../database/tables/contract-results.ts';
import type { ListAnswer } from '../esi/contract-list.ts';
import type { ContractItem } from '../model.ts';
import type { Probe } from '../outcome.ts';
import { classifyContract, NOT_CLASSIFIED } from './ships/classify-contract.ts';

/** How asking for a contract's items went; beside ESI's answers, the reasons for none. */
export type KnownOutcome =
  | ListAnswer<ContractItem>
  /** The contract's type has no items. */
  | { readonly kind: 'none' }
  /** ESI gave no usable answer, or the run had to stop before it asked. */
  | { readonly kind: 'postponed' };

export interface KnownTypes {
  readonly isResolved: (typeId: number) => boolean;
  readonly isShip: (typeId: number) => boolean;
}

export interface Decision {
  readonly result: ContractResult;
  /** To be stored, even when the contract stays pending for a type that is not known yet. */
  readonly items: readonly ContractItem[];
  /** What ESI answered in place of items. */
  readonly probe?: Probe;
}

/** Decides what is stored of a contract beside its listing. @param attempts answers without items before */
export function decideResult(
  contractType: string,
  outcome: KnownOutcome,
  attempts: number,
  types: KnownTypes,
  now: Date,
): Decision {
  switch (outcome.kind) {
    case 'none':
      return { result: noItems(contractType), items: [] };
    case 'postponed':
      return { result: unknownResult('pending', attempts, null), items: [] };
    case 'empty':
    case 'broken':
      return { result: unknownResult('pending', attempts + 1, null), items: [] };
    case 'gone':
      return {
        result: unknownResult('unavailable', attempts + 1, outcome.expiresAt),
        items: [],
        probe: outcome.probe,
      };
    case 'rows': {
      const { rows: items } = outcome;
      const isResolved = items.every(({ typeId }) => types.isResolved(typeId));
      if (!isResolved) return { result: unknownResult('pending', attempts, null), items };
      const classification = classifyContract(contractType, items, types.isShip);
      const status = { itemsStatus: 'fetched', itemsFetchedAt: now } as const;
      return {
        result: { ...classification, ...status, itemsAttempts: attempts, itemsRetryAt: null },
        items,
      };
    }
  }
}

function noItems(contractType: string): ContractResult {
  return {
    ...classifyContract(contractType, [], () => false),
    itemsStatus: 'none',
    itemsFetchedAt: null,
    itemsAttempts: 0,
    itemsRetryAt: null,
  };
}

function unknownResult(
  itemsStatus: 'pending' | 'unavailable',
  itemsAttempts: number,
  itemsRetryAt: Date | null,
): ContractResult {
  return { ...NOT_CLASSIFIED, itemsStatus, itemsFetchedAt: null, itemsAttempts, itemsRetryAt };
}

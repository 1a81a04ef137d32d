import type { ContractItem } from '../model.ts';
import type { ContractList } from './contract-list.ts';
import { contractItem } from './schema.ts';

/** The items of a contract, each record once. They are asked for once, ever. */
export const CONTRACT_ITEMS: ContractList<ContractItem> = {
  route: 'contracts/public/items',
  rowName: 'item',
  row: contractItem,
  idOf: ({ recordId }) => recordId,
};

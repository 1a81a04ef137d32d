import type { Bid } from '../model.ts';
import type { ContractList } from './contract-list.ts';
import { bid } from './schema.ts';

/** The bids on an auction. ESI does not say who made them. */
export const CONTRACT_BIDS: ContractList<Bid> = {
  route: 'contracts/public/bids',
  rowName: 'bid',
  row: bid,
  idOf: ({ bidId }) => bidId,
  lifeSeconds: 300,
};

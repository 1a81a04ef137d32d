import type { Clock } from '../clock.ts';
import type { ContractItem } from '../model.ts';
import type { Probe } from '../outcome.ts';
import { type ContractList, GONE_STATUSES, probeOf } from './contract-list.ts';
import type { Http } from './http/http.ts';
import { contractItem } from './schema.ts';

/** The items of a contract, each record once. They are asked for once, ever. */
export const CONTRACT_ITEMS: ContractList<ContractItem> = {
  route: 'contracts/public/items',
  rowName: 'item',
  row: contractItem,
  idOf: ({ recordId }) => recordId,
  lifeSeconds: 3600,
};

/** What ESI says of a contract that has left its listing; not to be asked again before `expiresAt`. */
export interface ItemsProbe {
  readonly probe: Probe;
  readonly expiresAt: Date;
}

/**
 * Asks once for the items of a contract that has ended. Only the status and the text of an error
 * matter.
 *
 * @throws EsiError for every status but 200, 204, 403 and 404: nothing is tried again
 */
export async function probeItems(
  http: Http,
  clock: Pick<Clock, 'now'>,
  contractId: number,
): Promise<ItemsProbe> {
  const { route } = CONTRACT_ITEMS;
  const path = `/${route}/${contractId}?page=1`;
  const request = { path, route, shape: 'array', accept: GONE_STATUSES, isRetried: false } as const;
  return probeOf(await http.send(request), clock);
}

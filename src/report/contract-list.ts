import type { StoredContract } from '../database/queries/contract-queries.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf } from '../terminal/times.ts';
import {
  cutOf,
  extrasOf,
  type Found,
  hintOf,
  linkTo,
  PLACE_FIELDS,
  systemOf,
} from './offer-text.ts';
import { type Format, formatAmount, formatRecords } from './records.ts';

/** Contracts as text. */
export function formatContracts(
  contracts: readonly StoredContract[],
  format: Format,
  terminal?: Terminal,
  found: Found = { total: contracts.length, hasStock: true },
): string {
  if (format !== 'table') {
    const records = contracts.map((contract) => ({
      ...contract,
      link: linkTo(contract.contractId),
    }));
    return formatRecords(records, CSV_COLUMNS, format);
  }
  if (contracts.length === 0) return `no contracts${hintOf(found)}\n`;
  return `${formatTable(COLUMNS, contracts.map(rowOf), terminal)}\n${cutOf(contracts.length, found)}`;
}

const CSV_COLUMNS: readonly (keyof StoredContract | 'link')[] = [
  'contractId',
  'type',
  'status',
  'regionId',
  'region',
  'firstTypeId',
  'firstItem',
  'itemRows',
  'price',
  'buyout',
  'reward',
  'collateral',
  'volume',
  'containsAdditionalItems',
  'requestsItems',
  'title',
  ...PLACE_FIELDS,
  'endLocationId',
  'dateIssued',
  'dateExpired',
  'closedAt',
  'link',
];

const COLUMNS: readonly Column[] = [
  // The link holds it.
  { head: 'contract', rank: 2 },
  { head: 'type', rank: 5 },
  { head: 'holds', rank: 10, minWidth: 12 },
  { head: 'price (ISK)', isRight: true },
  { head: 'reward', isRight: true, rank: 4 },
  { head: 'region', rank: 8, minWidth: 9 },
  { head: 'system', rank: 3, minWidth: 8 },
  { head: 'expires (UTC)', rank: 6 },
  { head: 'extras', rank: 2.5 },
  { head: 'title', rank: 1, minWidth: 12 },
  { head: 'link', rank: 9 },
];

function rowOf(contract: StoredContract): (string | number)[] {
  const { status, type } = contract;
  return [
    String(contract.contractId),
    status === 'outstanding' ? type : `${type}, ${status}`,
    contentOf(contract),
    formatAmount(contract.price),
    contract.reward === null || contract.reward === '0' ? '' : formatAmount(contract.reward),
    contract.region ?? String(contract.regionId),
    systemOf(contract),
    minuteOf(new Date(contract.dateExpired)),
    extrasOf(contract),
    contract.title ?? '',
    linkTo(contract.contractId),
  ];
}

/** `Rifter +2` */
function contentOf({ firstItem, firstTypeId, itemRows }: StoredContract): string {
  if (firstTypeId === null) return '';
  const first = firstItem ?? `type ${firstTypeId}`;
  return itemRows > 1 ? `${first} +${itemRows - 1}` : first;
}

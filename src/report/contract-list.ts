import type { StoredContract } from '../database/queries/contract-queries.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf } from '../terminal/times.ts';
import { extrasOf, linkTo } from './offer-text.ts';
import { type Format, formatAmount, formatRecords } from './records.ts';

/** Contracts as text. */
export function formatContracts(
  contracts: readonly StoredContract[],
  format: Format,
  terminal?: Terminal,
): string {
  if (format !== 'table') {
    const records = contracts.map((contract) => ({
      ...contract,
      link: linkTo(contract.contractId),
    }));
    return formatRecords(records, CSV_COLUMNS, format);
  }
  if (contracts.length === 0) return 'no contracts\n';
  return `${formatTable(COLUMNS, contracts.map(rowOf), terminal)}\n`;
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
  'locationId',
  'endLocationId',
  'dateIssued',
  'dateExpired',
  'closedAt',
  'link',
];

const COLUMNS: readonly Column[] = [
  { head: 'contract' },
  { head: 'type', rank: 6 },
  { head: 'holds', rank: 8, minWidth: 20 },
  { head: 'price (ISK)', isRight: true },
  { head: 'reward', isRight: true, rank: 5 },
  { head: 'region', rank: 3, minWidth: 9 },
  { head: 'expires (UTC)', rank: 7 },
  { head: 'extras', rank: 4 },
  { head: 'title', rank: 2, minWidth: 12 },
  { head: 'link', rank: 1 },
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

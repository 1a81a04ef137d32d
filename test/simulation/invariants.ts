import { isDeepStrictEqual } from 'node:util';
import type { EsiItem } from '../../fixtures/local-esi/universe.ts';
import { contractRow, itemRows, type KnownContract, listedPart } from '../support/expected-rows.ts';
import type { Row } from '../support/run-tables.ts';
import type { KnownWorld } from './known-world.ts';
import type { ReadTables } from './readers.ts';
import type { SimulatedEsi } from './simulated-esi.ts';

/** An answer without items counts so often before the program gives up (SPEC §5.5). */
const ATTEMPTS_UNTIL_GIVEN_UP = 3;
/** Statuses of items that say that the program does not know them. */
const UNKNOWN = new Set(['pending', 'unavailable']);

export interface StoredTables extends ReadTables {
  readonly contract_items: readonly Row[];
  readonly regions: readonly Row[];
}

/** What is compared with the tables. */
export interface Beliefs {
  readonly esi: SimulatedEsi;
  readonly known: KnownWorld;
  readonly isShip: (item: EsiItem) => boolean;
  /** Whether the flags can be told: all runs so far took the same groups for ships. */
  readonly areFlagsKnown: boolean;
}

/** What readers may rely on at any moment (SPEC §5). @returns what is not so */
export function findViolations(tables: StoredTables, beliefs: Beliefs): string[] {
  const items = groupItems(tables.contract_items);
  const stored = new Map(tables.contracts.map((row) => [Number(row['contract_id']), row]));
  return [
    ...tables.contracts.flatMap((row) => contractViolations(row, items, beliefs)),
    ...tables.regions.flatMap((row) => regionViolations(row, stored, beliefs)),
  ];
}

/** Whether the tables say what ESI lists now, when nothing is wrong any more. */
export function findUntruth(tables: StoredTables, beliefs: Beliefs): string[] {
  const { esi } = beliefs;
  const stored = new Map(tables.contracts.map((row) => [Number(row['contract_id']), row]));
  const listed = new Map<number, number>();
  for (const regionId of esi.universe.regions.keys()) {
    for (const contractId of esi.listings.current(regionId).keys())
      listed.set(contractId, regionId);
  }
  const outstanding = [...stored.values()].filter((row) => row['status'] === 'outstanding');
  return [
    ...[...listed].flatMap(([contractId, regionId]) =>
      untruthOf(contractId, regionId, stored.get(contractId), beliefs),
    ),
    ...outstanding
      .map((row) => Number(row['contract_id']))
      .filter((contractId) => !listed.has(contractId))
      .map((contractId) => `contract ${contractId} is outstanding and not listed`),
  ];
}

function groupItems(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const contractId = Number(row['contract_id']);
    groups.set(contractId, [...(groups.get(contractId) ?? []), row]);
  }
  return groups;
}

function contractViolations(
  row: Row,
  itemsOf: ReadonlyMap<number, readonly Row[]>,
  beliefs: Beliefs,
): string[] {
  const contractId = Number(row['contract_id']);
  const { known, esi } = beliefs;
  const forms = known.rows.get(contractId) ?? [];
  const isListedTruly = forms.some((wire) => isForm(row, wire));
  const isOpen = row['status'] === 'outstanding';
  const mayBeGone =
    known.left.has(contractId) || known.moved.has(contractId) || esi.liedAbout.has(contractId);
  const stored = itemsOf.get(contractId) ?? [];
  const faults: string[] = [];
  if (!isListedTruly) faults.push('it was never listed so');
  if (!isOpen && !mayBeGone) faults.push(`it is ${row['status']} and was always listed`);
  if (isOpen !== (row['closed_at'] === null)) faults.push('closed_at does not fit its status');
  faults.push(...itemViolations(row, stored, beliefs));
  return faults.map((fault) => `contract ${contractId}: ${fault}`);
}

/** Whether a stored row could come of a listed one; an auction's dates are those of its first. */
function isForm(row: Row, wire: KnownContract['wire']): boolean {
  return (
    row['type'] === wire.type &&
    Number(row['issuer_id']) === wire.issuer_id &&
    row['title'] === (wire.title ?? null) &&
    Number(row['price']) === Number(wire.price ?? null)
  );
}

function itemViolations(row: Row, stored: readonly Row[], beliefs: Beliefs): string[] {
  const contractId = Number(row['contract_id']);
  const { known } = beliefs;
  const status = String(row['items_status']);
  const items = known.items.get(contractId) ?? [];
  const whole = itemRows(contractId, toKnown(contractId, 0, known, true));
  const isWhole = isDeepStrictEqual(byRecord(stored), byRecord(whole));
  if (stored.length > 0 && !isWhole)
    return [`its items are not those that ESI lists: ${stored.length} of ${whole.length}`];
  if (status === 'fetched' && !isWhole) return ['it is fetched without its items'];
  if (status === 'none' && items.length > 0) return ['it has items, and says that it has none'];
  if (UNKNOWN.has(status) && (row['is_ship_contract'] || row['ship_reason'] !== null)) {
    return ['it is classified without its items'];
  }
  return [];
}

function byRecord(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((one, other) => Number(one['record_id']) - Number(other['record_id']));
}

/** A region's snapshot and what it closes are written together. */
function regionViolations(
  region: Row,
  stored: ReadonlyMap<number, Row>,
  { esi, known }: Beliefs,
): string[] {
  const regionId = Number(region['region_id']);
  const { snapshot_last_modified: text } = region;
  if (text === null) return [];
  const shown = esi.listings.shown(regionId, new Date(String(text)));
  if (shown === undefined) return [`region ${regionId}: there was no snapshot of ${text}`];
  const excused = (contractId: number) =>
    esi.liedAbout.has(contractId) || known.moved.has(contractId);
  const isOutstanding = (contractId: number) =>
    stored.get(contractId)?.['status'] === 'outstanding';
  const missing = [...shown.keys()].filter((id) => !excused(id) && !isOutstanding(id));
  const surplus = [...stored.values()]
    .filter((row) => Number(row['region_id']) === regionId && row['status'] === 'outstanding')
    .map((row) => Number(row['contract_id']))
    .filter(
      (id) => !excused(id) && !esi.listings.wasShownSince(regionId, new Date(String(text)), id),
    );
  return [
    ...missing.map((id) => `region ${regionId}: ${id} of its snapshot is not outstanding`),
    ...surplus.map((id) => `region ${regionId}: ${id} is outstanding and not in its snapshot`),
  ];
}

function untruthOf(
  contractId: number,
  regionId: number,
  row: Row | undefined,
  { esi, known, isShip, areFlagsKnown }: Beliefs,
): string[] {
  if (row === undefined) return [`contract ${contractId} is listed and not stored`];
  const hasGivenUp = (esi.itemLies.get(contractId) ?? 0) >= ATTEMPTS_UNTIL_GIVEN_UP;
  if (UNKNOWN.has(String(row['items_status'])) && hasGivenUp) return [];
  const truth = contractRow(toKnown(contractId, regionId, known, true), new Date(), isShip);
  const differing = Object.entries(truth)
    .filter(([name]) => areFlagsKnown || name === 'items_status')
    .filter(([name, value]) => !isDeepStrictEqual(listedPart(row)[name], value))
    .map(([name, value]) => `${name} is ${listedPart(row)[name]}, not ${value}`);
  return differing.map((difference) => `contract ${contractId}: ${difference}`);
}

function toKnown(
  contractId: number,
  regionId: number,
  known: KnownWorld,
  isListed: boolean,
): KnownContract {
  const wire = known.rows.get(contractId)?.at(-1);
  if (wire === undefined) throw new Error(`there never was a contract ${contractId}`);
  return { regionId, wire, items: known.items.get(contractId) ?? [], isListed };
}

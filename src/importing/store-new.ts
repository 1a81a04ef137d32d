import type { ArchivedContract } from '../archive/archive-rows.ts';
import type { Archive } from '../archive/read-archive.ts';
import { insertItems } from '../database/tables/contract-items.ts';
import { type ImportedContract, insertImported } from '../database/tables/imported-contracts.ts';
import { type ContractItem, TYPES_WITH_ITEMS } from '../model.ts';
import { decideResult, type KnownOutcome } from '../pass/decide-result.ts';
import { inHalves } from '../pass/store-contracts.ts';
import type { ImportParts } from './import-parts.ts';
import type { ArchivedRegion } from './import-region.ts';

/** A contract on its way to the database. */
interface NewRow {
  readonly listed: ArchivedContract;
  readonly row: ImportedContract;
  readonly items: readonly ContractItem[];
}

/** Stores the contracts of a region that nothing told of before, each with its items, some thousand rows at once. */
export async function storeNew(
  region: Pick<ArchivedRegion, 'contracts' | 'listedAt' | 'mode' | 'reach'>,
  newIds: ReadonlySet<number>,
  items: Archive['items'],
  parts: ImportParts,
): Promise<void> {
  let batch: NewRow[] = [];
  let rows = 0;
  for (const listed of region.contracts) {
    if (!newIds.has(listed.contractId)) continue;
    const added = toNewRow(listed, region, items, parts);
    batch.push(added);
    rows += 1 + added.items.length;
    if (rows < parts.batchRows) continue;
    await write(batch, parts);
    batch = [];
    rows = 0;
  }
  if (batch.length > 0) await write(batch, parts);
}

function toNewRow(
  listed: ArchivedContract,
  { listedAt, mode, reach }: Pick<ArchivedRegion, 'listedAt' | 'mode' | 'reach'>,
  items: Archive['items'],
  { types, store }: ImportParts,
): NewRow {
  const rows = TYPES_WITH_ITEMS.has(listed.type) ? items.of(listed.contractId) : [];
  const { result } = decideResult(listed.type, outcomeOf(listed, rows), 0, types, listedAt);
  const { runNumber } = store;
  const first = { firstSeenAt: listedAt, listedIn: runNumber, changedIn: runNumber };
  const isBaseline = mode.kind !== 'newer' || mode.isBaseline;
  const standing = mode.kind === 'newer' ? OUTSTANDING : endedBy(listed, listedAt, reach.snapshot);
  return { listed, items: rows, row: { ...listed, ...result, ...first, isBaseline, ...standing } };
}

/** Without rows, EVE Ref could not have them: the next pass asks ESI. */
function outcomeOf({ type }: ArchivedContract, rows: readonly ContractItem[]): KnownOutcome {
  if (!TYPES_WITH_ITEMS.has(type)) return { kind: 'none' };
  return rows.length > 0 ? { kind: 'rows', rows } : { kind: 'postponed' };
}

const OUTSTANDING = { status: 'outstanding', closedAt: null } as const;

/** A pass has read the region since, and did not find it. */
function endedBy({ dateExpired }: ArchivedContract, listedAt: Date, snapshot: Date | null) {
  const hasExpired = snapshot !== null && dateExpired <= snapshot;
  return { status: hasExpired ? 'expired' : 'closed', closedAt: listedAt } as const;
}

async function write(batch: readonly NewRow[], parts: ImportParts): Promise<void> {
  const { store, report } = parts;
  await inHalves(batch, parts, async (half) => {
    const rows = half.map(({ row }) => row);
    const contents = half.map(({ listed, items }) => ({ contractId: listed.contractId, items }));
    await store.write(async (sql) => {
      await insertImported(sql, rows);
      await insertItems(sql, contents);
    });
    report.contracts.inserted += rows.length;
    report.contracts.pending += rows.filter((row) => row.itemsStatus === 'pending').length;
    report.items.inserted += half.reduce((sum, { items }) => sum + items.length, 0);
  });
}

import type { RequestKind, TrafficReport } from './esi/traffic.ts';
import type { Pass } from './laboratory.ts';
import type { RowsWritten } from './measured-database.ts';
import { figure, median, megabytes, type Table } from './report.ts';

const OTHER = 'other';
const OWN_COLUMN = ['contracts', 'contract_items', 'esi_type_cache'];

/** One line a name; where a pass was repeated, the medians. */
export function usageTable(title: string, passes: readonly Pass[], floorName?: string): Table {
  const seconds = (name: string) => medianOf(passes, name, ({ usage }) => usage.seconds);
  const rows = namesOf(passes).map((name) => {
    const { traffic } = firstOf(passes, name);
    return [
      name,
      figure(seconds(name)),
      ...(floorName === undefined ? [] : [figure(seconds(name) / seconds(floorName))]),
      figure(medianOf(passes, name, ({ usage }) => usage.cpuSeconds)),
      medianOf(passes, name, ({ usage }) => usage.peakMegabytes).toFixed(0),
      String(traffic.requests),
      String(traffic.notModified),
    ];
  });
  const ratio = floorName === undefined ? [] : ['× floor'];
  const head = ['', 'seconds', ...ratio, 'CPU s', 'peak MB', 'requests', '304'];
  return { title, head, rows };
}

/** What the passes wrote: rows inserted / updated / deleted, and WAL. */
export function databaseTable(title: string, passes: readonly Pass[]): Table {
  const rows = namesOf(passes).map((name) => {
    const { database, summary } = firstOf(passes, name);
    const written = Object.entries(database?.rows ?? {});
    const wal = medianOf(passes, name, (pass) => pass.database?.walBytes ?? 0);
    const images = medianOf(passes, name, (pass) => pass.database?.pageImageBytes ?? 0);
    return [
      name,
      ...[...OWN_COLUMN, OTHER].map((column) => changes(written, column)),
      megabytes(wal),
      megabytes(images),
      summary === undefined ? '' : String(summary.database.statements),
    ];
  });
  const head = ['', 'contracts', 'items', 'types', 'other', 'WAL MB', 'page images', 'statements'];
  return { title, head, rows };
}

/** Requests by what they ask for. */
export function requestTable(title: string, passes: readonly Pass[]): Table {
  const kinds: readonly RequestKind[] = [
    'listing',
    'items',
    'types',
    'groups',
    'categories',
    'names',
    'other',
  ];
  const rows = namesOf(passes).map((name) => {
    const { byKind, requests }: TrafficReport = firstOf(passes, name).traffic;
    return [name, ...kinds.map((kind) => String(byKind[kind])), String(requests)];
  });
  return { title, head: ['', ...kinds, 'all'], rows };
}

/** Rows that a pass wrote to one table. */
export function rowsOf(pass: Pass, table: string): RowsWritten {
  return pass.database?.rows[table] ?? { inserted: 0, updated: 0, deleted: 0 };
}

export function medianOf(
  passes: readonly Pass[],
  name: string,
  take: (pass: Pass) => number,
): number {
  return median(passes.filter((pass) => pass.name === name).map(take));
}

function namesOf(passes: readonly Pass[]): string[] {
  return [...new Set(passes.map(({ name }) => name))];
}

function firstOf(passes: readonly Pass[], name: string): Pass {
  const found = passes.find((pass) => pass.name === name);
  if (found === undefined) throw new Error(`no pass is called ${name}`);
  return found;
}

function changes(written: readonly (readonly [string, RowsWritten])[], column: string): string {
  const sums = { inserted: 0, updated: 0, deleted: 0 };
  for (const [table, { inserted, updated, deleted }] of written) {
    if (columnOf(table) !== column) continue;
    sums.inserted += inserted;
    sums.updated += updated;
    sums.deleted += deleted;
  }
  return `${sums.inserted}/${sums.updated}/${sums.deleted}`;
}

function columnOf(table: string): string {
  if (table.startsWith('contract_items')) return 'contract_items';
  return OWN_COLUMN.includes(table) ? table : OTHER;
}

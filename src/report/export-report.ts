import type { WrittenFile } from '../exporting/export-tables.ts';
import { counted, formatNumber } from '../terminal/numbers.ts';
import { formatTable } from '../terminal/text-table.ts';

/** What was exported. */
export interface Exported {
  readonly files: readonly WrittenFile[];
  /** What to ask with next to get what changes from now on. */
  readonly nextSince: number;
}

/** What was exported, for people. */
export function formatExported({ files, nextSince }: Exported): string {
  const tables = new Map<string, { rows: number; files: number }>();
  for (const { table, rows } of files) {
    const before = tables.get(table) ?? { rows: 0, files: 0 };
    tables.set(table, { rows: before.rows + rows, files: before.files + 1 });
  }
  const rows = [...tables].map(([table, { rows: count, files: number }]) => [table, count, number]);
  return [
    formatTable(['table', 'rows', 'files'], rows),
    '',
    `${counted(files.length, 'file')}; --since ${formatNumber(nextSince).replaceAll(',', '')} gets what changes from now on`,
  ].join('\n');
}

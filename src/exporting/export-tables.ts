import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type AnswerPage, pagesOf, type ReadSession } from '../database/session/read-session.ts';
import { replaceFile } from '../files/replace-file.ts';
import { exactPrinter } from '../report/answer-text.ts';
import {
  type ExportedRuns,
  type ExportPlan,
  fileStem,
  isDivided,
  monthsQuery,
  rowsQuery,
} from './export-plan.ts';
import { ParquetFile, type TypedColumn } from './parquet-file.ts';
import { writeText } from './text-file.ts';

/** Rows in memory at once; of Parquet, those of a row group. */
const PAGE_ROWS = { text: 2000, parquet: 20_000 };

/** What an export works with. */
export interface ExportParts {
  readonly session: ReadSession;
  /** Where files go, where none was named. */
  readonly folder: string;
  /** Only what these runs changed; undefined for all. */
  readonly runs: ExportedRuns | undefined;
  /** Something that no other export beside this one has. */
  readonly draftName: string;
  /** A file is there as a whole. */
  readonly written: (file: WrittenFile) => void;
}

/** A file that was written. */
export interface WrittenFile {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
}

/**
 * Writes tables to files, all as they were at one moment. Each file is written beside its place, and
 * put there as a whole.
 *
 * @throws DatabaseError; what the file system throws
 */
export async function exportTables(plan: ExportPlan, parts: ExportParts): Promise<void> {
  for (const table of plan.tables) await exportTable(table, plan, parts);
}

async function exportTable(table: string, plan: ExportPlan, parts: ExportParts): Promise<void> {
  const { session, folder, runs } = parts;
  const stem = fileStem(table, runs);
  const ending = `${plan.format}${plan.isPacked ? '.gz' : ''}`;
  if (plan.file !== undefined || plan.format !== 'parquet' || !isDivided(table)) {
    const path = plan.file ?? join(folder, `${stem}.${ending}`);
    await writeFile(table, rowsQuery(table, runs), path, plan, parts);
    return;
  }
  const months = await session.query<{ month: string }>(monthsQuery(table, runs));
  for (const { month } of months) {
    const path = join(folder, table, `issued_month=${month}`, `${stem}.${ending}`);
    await writeFile(table, rowsQuery(table, runs, month), path, plan, parts);
  }
}

async function writeFile(
  table: string,
  query: string,
  path: string,
  { format, isPacked }: ExportPlan,
  { session, draftName, written }: ExportParts,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = join(dirname(path), `.${basename(path)}.${draftName}`);
  let rows = 0;
  const counted = async function* (pages: AsyncIterable<AnswerPage>) {
    for await (const page of pages) {
      rows += page.rows.length;
      yield page;
    }
  };
  await replaceFile(path, draft, async () => {
    if (format === 'parquet') {
      const columns = await typedColumns(session, table);
      await writeParquet(draft, columns, counted(pagesOf(session, query, PAGE_ROWS.parquet)));
    } else {
      const pages = counted(pagesOf(session, query, PAGE_ROWS.text));
      await writeText(draft, textOf(pages, format), isPacked);
    }
  });
  written({ table, path, rows });
}

async function writeParquet(
  path: string,
  columns: readonly TypedColumn[],
  pages: AsyncIterable<AnswerPage>,
): Promise<void> {
  const file = new ParquetFile(path, columns);
  for await (const { rows } of pages) await file.write(rows);
  await file.finish();
}

async function* textOf(pages: AsyncIterable<AnswerPage>, format: 'csv' | 'ndjson') {
  const printer = exactPrinter(format);
  for await (const page of pages) yield printer.page(page);
}

const SELECT_COLUMNS = `
SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type
FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped
ORDER BY attnum`;

function typedColumns(session: ReadSession, table: string): Promise<TypedColumn[]> {
  return session.query<TypedColumn>(SELECT_COLUMNS, table);
}

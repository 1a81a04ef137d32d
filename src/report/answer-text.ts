import type { AnswerColumn, AnswerPage, Cells } from '../database/session/read-session.ts';
import { UsageError } from '../errors.ts';
import { counted } from '../terminal/numbers.ts';
import { escapedJson, plainJson } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { formatTable } from '../terminal/text-table.ts';
import { exactCsv, type Format, rowsToCsv } from './records.ts';

/** How the answer of a statement is printed. */
export type AnswerFormat = Format | 'ndjson';

/** PostgreSQL's ids of types. */
const BOOLEAN = 16;
const TIMESTAMPTZ = 1184;
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);
/** bigint, smallint, integer, oid, real, double precision, numeric. */
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700]);

const PLAIN_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;
const UTC_TIME = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/;

/** Turns the pages of one answer into text, one after the other. */
export interface AnswerPrinter {
  /** The first page comes even without rows. */
  page(page: AnswerPage): string;
  /** What follows the last page. */
  end(): string;
}

/** @throws UsageError for JSON of an answer with two columns of one name */
export function answerPrinter(format: AnswerFormat, terminal: Terminal): AnswerPrinter {
  if (format === 'table') return tablePrinter(terminal);
  if (format === 'csv') return csvPrinter();
  return format === 'json' ? jsonPrinter() : linesPrinter();
}

/** For programs: texts exactly as they are stored. */
export function exactPrinter(format: 'csv' | 'ndjson'): AnswerPrinter {
  return format === 'csv' ? csvPrinter(true) : linesPrinter();
}

/** Each page is aligned by itself, under the head of the first. */
function tablePrinter(terminal: Terminal): AnswerPrinter {
  let count = 0;
  return {
    page: ({ columns, rows }) => {
      const heads = columns.map(({ name, typeId }) => ({
        head: name,
        isRight: NUMBERS.has(typeId),
        isKept: true,
      }));
      const cells = rows.map((row) => row.map((text) => text ?? ''));
      const table = formatTable(heads, cells, terminal);
      const text = count === 0 ? table : table.slice(table.indexOf('\n') + 1);
      count += rows.length;
      return `${text}\n`;
    },
    end: () => `${counted(count, 'row')}\n`,
  };
}

function csvPrinter(isExact = false): AnswerPrinter {
  let isFirst = true;
  return {
    page: ({ columns, rows }) => {
      const head = isFirst ? [columns.map(({ name }) => name)] : [];
      isFirst = false;
      const cells = rows.map((row) => row.map((text, index) => csvCell(text, columns[index])));
      return isExact ? exactCsv([...head, ...cells]) : rowsToCsv([...head, ...cells]);
    },
    end: () => '',
  };
}

/** A number is none of the texts that a spreadsheet could take for a formula. */
function csvCell(text: string | null, column: AnswerColumn | undefined) {
  if (text === null || column === undefined) return null;
  if (NUMBERS.has(column.typeId) && PLAIN_NUMBER.test(text)) return { number: text };
  return column.typeId === TIMESTAMPTZ ? isoTime(text) : wordOf(text, column);
}

function wordOf(text: string, { typeId }: AnswerColumn): string {
  if (typeId !== BOOLEAN) return text;
  return text === 't' ? 'true' : 'false';
}

function jsonPrinter(): AnswerPrinter {
  let isFirst = true;
  return {
    page: ({ columns, rows }) => {
      assertDistinct(columns);
      const objects = rows.map((row) => `  ${objectOf(columns, row)}`).join(',\n');
      const start = isFirst ? '[\n' : ',\n';
      if (objects === '') return '';
      isFirst = false;
      return start + objects;
    },
    end: () => (isFirst ? '[]\n' : '\n]\n'),
  };
}

function linesPrinter(): AnswerPrinter {
  return {
    page: ({ columns, rows }) => {
      assertDistinct(columns);
      return rows.map((row) => `${objectOf(columns, row)}\n`).join('');
    },
    end: () => '',
  };
}

function assertDistinct(columns: readonly AnswerColumn[]): void {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new UsageError(
    `two columns of the answer are called ${twice}: give one another name with AS, or take --format csv`,
  );
}

function objectOf(columns: readonly AnswerColumn[], row: Cells): string {
  const members = columns.map((column, index) => {
    const text = row[index] ?? null;
    return `${plainJson(column.name)}:${text === null ? 'null' : jsonValue(text, column)}`;
  });
  return `{${members.join(',')}}`;
}

function jsonValue(text: string, column: AnswerColumn): string {
  const { typeId } = column;
  if (typeId === BOOLEAN) return wordOf(text, column);
  if (NUMBERS.has(typeId) && PLAIN_NUMBER.test(text)) return text;
  // Line breaks are between its tokens: in a text they are escaped.
  if (JSON_TYPES.has(typeId)) return escapedJson(text.replace(/[\r\n]/g, ' '));
  return plainJson(typeId === TIMESTAMPTZ ? isoTime(text) : text);
}

/** `2026-09-08 12:00:00+00` → `2026-09-08T12:00:00Z`; another text, such as `infinity`, stays. */
function isoTime(text: string): string {
  return text.replace(UTC_TIME, '$1T$2Z');
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PUBLIC_TABLES } from '../database/public-tables.ts';

const TABLES = readFileSync(new URL('../../TABLES.md', import.meta.url), 'utf8');

/** The columns that the diagram draws of a table, each with its type. */
function drawnColumns(table: string): Record<string, string> {
  const body = new RegExp(`^ {2}${table} \\{\\n(.*?)^ {2}\\}`, 'ms').exec(TABLES)?.[1] ?? '';
  const lines = [...body.matchAll(/^ +(\w+) (\w+)/gm)];
  return Object.fromEntries(lines.map(([, type, column]) => [column, type]));
}

/** As the diagram writes it: without precision and null, and in one word. */
function drawnType(type: string): string {
  return type.replace(/ not null$|\(.*?\)/g, '').replace('double precision', 'float8');
}

describe('the diagram of the tables', () => {
  it.each(PUBLIC_TABLES)('draws each column of $table, with its type', ({ table, columns }) => {
    const expected = Object.entries(columns).map(([name, type]) => [name, drawnType(type)]);

    expect(drawnColumns(table)).toEqual(Object.fromEntries(expected));
  });
});

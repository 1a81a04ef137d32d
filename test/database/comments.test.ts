import { expect, test } from 'vitest';
import { type Comment, readComments } from '../../build/comments.ts';
import type { Database } from '../../src/database/database.ts';
import { onEachDatabase } from '../support/use-database.ts';

/** Every relation of ours and every column, with what PostgreSQL says of it. */
const SELECT_COMMENTS = `
SELECT CASE class.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, class.relname AS relation,
  attribute.attname AS "column", col_description(class.oid, coalesce(attribute.attnum, 0)) AS text
FROM pg_class AS class
LEFT JOIN LATERAL (
  SELECT attname, attnum FROM pg_attribute
  WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT NULL, NULL) AS attribute ON true
WHERE class.relnamespace = current_schema()::regnamespace AND class.relkind IN ('r', 'v')
  AND class.relname <> '_prisma_migrations'`;

async function storedComments(database: Database): Promise<Map<string, string | null>> {
  const rows = await database.query<Comment>(SELECT_COMMENTS);
  return new Map(rows.map((row) => [nameOf(row), row.column === null ? null : row.text]));
}

/** `TABLE contracts.price` */
function nameOf({ kind, relation, column }: Comment): string {
  return column === null ? `${kind} ${relation}` : `${kind} ${relation}.${column}`;
}

const COMMENTS = await readComments();

onEachDatabase('comments', (database) => {
  test('every table, view and column has one, as schema.prisma and the list of views say', async () => {
    const expected = COMMENTS.map((comment) => [
      nameOf(comment),
      comment.column === null ? null : comment.text,
    ]);
    const stored = await storedComments(database());
    expect(new Map([...stored].sort())).toEqual(
      new Map([...expected].sort() as [string, string][]),
    );
  });

  test('what is said of tables and views themselves is there, too', async () => {
    const rows = await database().query<{ relation: string; text: string }>(
      `SELECT relname AS relation, obj_description(oid) AS text FROM pg_class
       WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')
         AND relname <> '_prisma_migrations' ORDER BY relname`,
    );
    const expected = COMMENTS.filter(({ column }) => column === null);
    expect(rows).toEqual(
      expected
        .map(({ relation, text }) => ({ relation, text }))
        .sort((one, other) => (one.relation < other.relation ? -1 : 1)),
    );
    expect(expected.every(({ text }) => text.length > 10)).toBe(true);
  });
});

import { readSchema, type SchemaModel } from './prisma-schema.ts';
import { VIEWS } from './view-comments.ts';

/** What PostgreSQL says of a table, view or column of ours. */
export interface Comment {
  readonly kind: 'TABLE' | 'VIEW';
  readonly relation: string;
  /** Null for the relation itself. */
  readonly column: string | null;
  readonly text: string;
}

/** All comments: those of tables as schema.prisma has them, those of views beside it. */
export async function readComments(): Promise<Comment[]> {
  const models = await readSchema();
  return [...models.flatMap(commentsOfTable), ...VIEWS.flatMap(commentsOfView)];
}

function commentsOfTable({ table: relation, comment, columnComments }: SchemaModel): Comment[] {
  const kind = 'TABLE' as const;
  return [
    { kind, relation, column: null, text: comment },
    ...Array.from(columnComments, ([column, text]) => ({ kind, relation, column, text })),
  ];
}

function commentsOfView({ name: relation, comment, columns }: (typeof VIEWS)[number]): Comment[] {
  const kind = 'VIEW' as const;
  return [
    { kind, relation, column: null, text: comment },
    ...Object.entries(columns).map(([column, text]) => ({ kind, relation, column, text })),
  ];
}

/** Each statement in a line of its own, as migrations want them. */
export function commentSql({ kind, relation, column, text }: Comment): string {
  const literal = `'${text.replaceAll("'", "''")}'`;
  const object = column === null ? `${kind} "${relation}"` : `COLUMN "${relation}"."${column}"`;
  return `COMMENT ON ${object} IS ${literal};`;
}

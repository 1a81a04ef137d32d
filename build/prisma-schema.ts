import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const SCHEMA_FILE = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url));

/** Prisma's types without `@db` → PostgreSQL's. */
const TYPES: Readonly<Record<string, string>> = {
  BigInt: 'bigint',
  Boolean: 'boolean',
  Float: 'double precision',
  Int: 'integer',
  Json: 'jsonb',
  String: 'text',
};

/** Prisma's `@db` types → PostgreSQL's. */
const NATIVE_TYPES: Readonly<Record<string, string>> = {
  Date: 'date',
  'Decimal(2, 1)': 'numeric(2,1)',
  'Decimal(20, 2)': 'numeric(20,2)',
  SmallInt: 'smallint',
  'Timestamptz(6)': 'timestamp(6) with time zone',
  Uuid: 'uuid',
};

export interface SchemaColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly default: string | null;
}

export interface SchemaModel {
  readonly name: string;
  readonly table: string;
  /** What stands above it, in `///`. */
  readonly comment: string;
  /** Column → what stands above it. */
  readonly columnComments: ReadonlyMap<string, string>;
  readonly columns: readonly SchemaColumn[];
  /** `a, b` */
  readonly primaryKey: string;
  /** Name → columns: `a, b`. */
  readonly indexes: ReadonlyMap<string, string>;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly attributes: string;
}

/** Reads what prisma/schema.prisma says of tables, as far as it is used there. */
export async function readSchema(): Promise<SchemaModel[]> {
  const text = await readFile(SCHEMA_FILE, 'utf8');
  const models = text.matchAll(/((?:^\/\/\/[^\n]*\n)*)^model (\w+) \{\n(.*?)^\}/gms);
  return [...models].map(([, comment = '', name = '', body = '']) =>
    readModel(name, textOf(comment), body),
  );
}

/** The words of lines that begin with `///`. */
function textOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.trim().replace(/^\/\/\/ ?/, ''))
    .join(' ')
    .trim();
}

function readModel(name: string, comment: string, body: string): SchemaModel {
  const lines = body.split('\n').map((line) => line.trim());
  const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name;
  const fields = lines.flatMap(readField);
  const columnNames = new Map(fields.map((field) => [field.name, columnOf(field)]));
  const columnList = (list: string) =>
    list
      .split(', ')
      .map((field) => columnNames.get(field) ?? `no field ${field}`)
      .join(', ');
  const indexes = [...body.matchAll(/@@(?:index|unique)\(\[(.+?)\], map: "(\w+)"\)/g)];
  const idField = fields.find(({ attributes }) => /@id\b/.test(attributes));
  const commented = [...body.matchAll(/((?:^ *\/\/\/.*\n)+) *(\w+) /gm)];
  return {
    name,
    table,
    comment,
    columnComments: new Map(
      commented.flatMap(([, words = '', field = '']) => {
        const column = columnNames.get(field);
        return column === undefined ? [] : [[column, textOf(words)] as const];
      }),
    ),
    columns: fields.map((field) => toColumn(table, field)),
    primaryKey: columnList(idField?.name ?? /@@id\(\[(.+?)\]\)/.exec(body)?.[1] ?? ''),
    indexes: new Map(indexes.map(([, list = '', index = '']) => [index, columnList(list)])),
  };
}

/** Relations are no columns: their types are models. */
function readField(line: string): Field[] {
  const [, name = '', type = '', mark = '', attributes = ''] =
    /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
  const isColumn = type in TYPES || attributes.includes('@db.');
  return isColumn ? [{ name, type, isNullable: mark === '?', attributes }] : [];
}

function columnOf({ name, attributes }: Field): string {
  return /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? name;
}

function toColumn(table: string, field: Field): SchemaColumn {
  const native = /@db\.(\w+(?:\([^)]*\))?)/.exec(field.attributes)?.[1];
  const type = native === undefined ? TYPES[field.type] : NATIVE_TYPES[native];
  return {
    table,
    column: columnOf(field),
    type: type ?? `unknown ${native ?? field.type}`,
    isNullable: field.isNullable,
    default: defaultOf(field),
  };
}

function defaultOf({ attributes }: Field): string | null {
  const value = /@default\(([^)]*)\)/.exec(attributes)?.[1];
  if (value === undefined) return null;
  return value.startsWith('"') ? `'${value.slice(1, -1)}'::text` : value;
}

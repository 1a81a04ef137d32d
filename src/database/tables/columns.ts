/** The PostgreSQL types that hold a field's values. */
type ColumnType<Value> =
  NonNullable<Value> extends boolean
    ? 'boolean'
    : NonNullable<Value> extends Date
      ? 'timestamptz'
      : NonNullable<Value> extends number
        ? 'smallint' | 'integer' | 'bigint' | 'double precision' | 'numeric(20,2)'
        : 'text' | 'jsonb';

/** Each field of a row, no more and no less, with the type of its column. */
type ColumnTypes<Row> = { readonly [Field in keyof Row]-?: ColumnType<Row[Field]> };

interface Column {
  /** As rows call it: `contractId`. */
  readonly field: string;
  /** As the table calls it: `contract_id`. */
  readonly name: string;
  readonly type: string;
}

/** Columns for the fields of a row. A row that has others is of another type. */
export class Columns<Row> {
  readonly list: readonly Column[];
  declare protected readonly exactly: (row: Row) => Row;

  constructor(list: readonly Column[]) {
    this.list = list;
  }

  /** These and others: the columns of a row that has the fields of both. */
  and<Other>(other: Columns<Other>): Columns<Row & Other> {
    return new Columns([...this.list, ...other.list]);
  }

  only<Field extends keyof Row & string>(...fields: readonly Field[]): Columns<Pick<Row, Field>> {
    const chosen: readonly string[] = fields;
    return new Columns(this.list.filter(({ field }) => chosen.includes(field)));
  }

  without<Field extends keyof Row & string>(
    ...fields: readonly Field[]
  ): Columns<Omit<Row, Field>> {
    const left: readonly string[] = fields;
    return new Columns(this.list.filter(({ field }) => !left.includes(field)));
  }

  /** `a, b, c`; `t.a, t.b, t.c` of a table `t` */
  names(table?: string): string {
    return this.list.map(({ name }) => qualified(name, table)).join(', ');
  }

  /** `a = row.a, b = row.b` */
  assignments(source: string): string {
    return this.list.map(({ name }) => `${name} = ${source}.${name}`).join(', ');
  }

  /** True when a row differs in one of the columns; null equals null. */
  differ(left: string, right: string): string {
    return `(${this.names(left)}) IS DISTINCT FROM (${this.names(right)})`;
  }

  /** A row from the JSON object that PostgreSQL made of it. */
  fromJson(json: Readonly<Record<keyof Row & string, unknown>>): Row {
    const values: Readonly<Record<string, unknown>> = json;
    const entries = this.list.map(({ field, type }) => [field, fieldValue(type, values[field])]);
    return Object.fromEntries(entries) as Row;
  }

  /** Field → column, for a JSON object of each row. */
  fields(table?: string): Readonly<Record<keyof Row & string, string>> {
    const entries = this.list.map(({ field, name }) => [field, qualified(name, table)]);
    return Object.fromEntries(entries) as Record<keyof Row & string, string>;
  }
}

/** The columns of a row. They are called as its fields, in snake case. */
export function columnsOf<Row>(types: ColumnTypes<Row>): Columns<Row> {
  const entries: readonly (readonly [string, string])[] = Object.entries(types);
  return new Columns(entries.map(([field, type]) => ({ field, name: snakeCase(field), type })));
}

function fieldValue(type: string, value: unknown): unknown {
  return type === 'timestamptz' && typeof value === 'string' ? new Date(value) : value;
}

function qualified(name: string, table: string | undefined): string {
  return table === undefined ? name : `${table}.${name}`;
}

/** `contractId` → `contract_id` */
function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

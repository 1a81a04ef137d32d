import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cells } from '../database/session/read-session.ts';

/** A column as PostgreSQL has it: `numeric(20,2)`, `timestamp with time zone`. */
export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

/** As the format describes a column, or the root above all of them. */
type SchemaElement = ParquetWriter['schema'][number];

type Value = string | number | bigint | boolean | null;

interface Kind {
  readonly element: Omit<SchemaElement, 'name' | 'repetition_type'>;
  readonly read: (text: string) => Value;
}

/** Digits of what a view has computed: as many as Parquet and all its readers can hold. */
const COMPUTED = { precision: 38, scale: 10 };
const DAY_MS = 86_400_000;
const TIME = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** Writes rows to one Parquet file; what is given last is written with `finish`. */
export class ParquetFile {
  readonly #writer: ParquetWriter;
  readonly #columns: readonly { readonly name: string; readonly kind: Kind }[];

  /** @param path is made anew */
  constructor(path: string, columns: readonly TypedColumn[]) {
    this.#columns = columns.map(({ name, type }) => ({ name, kind: kindOf(type) }));
    const leaves = this.#columns.map(
      ({ name, kind }): SchemaElement => ({
        name,
        repetition_type: 'OPTIONAL',
        ...kind.element,
      }),
    );
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: [{ name: 'root', num_children: leaves.length }, ...leaves],
      createdBy: 'contracts-agg',
    });
  }

  /** Writes rows as one group. */
  async write(rows: readonly Cells[]): Promise<void> {
    if (rows.length === 0) return;
    const columnData = this.#columns.map(({ name, kind }, index) => ({
      name,
      data: rows.map((row) => valueIn(row[index] ?? null, kind)),
    }));
    await this.#writer.write({ columnData, rowGroupSize: rows.length });
  }

  async finish(): Promise<void> {
    await this.#writer.finish();
  }
}

function valueIn(text: string | null, { read }: Kind): Value {
  return text === null ? null : read(text);
}

const KINDS: Readonly<Record<string, Kind>> = {
  boolean: { element: { type: 'BOOLEAN' }, read: (text) => text === 't' },
  smallint: { element: { type: 'INT32' }, read: Number },
  integer: { element: { type: 'INT32' }, read: Number },
  bigint: { element: { type: 'INT64' }, read: BigInt },
  'double precision': { element: { type: 'DOUBLE' }, read: Number },
  date: {
    element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    read: (text) => Date.parse(text) / DAY_MS,
  },
  'timestamp with time zone': {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    read: microsIn,
  },
};

const TEXT: Kind = {
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  read: (text) => text,
};

function kindOf(type: string): Kind {
  const [, precision, scale] = /^numeric(?:\((\d+),(\d+)\))?$/.exec(type) ?? [];
  if (precision !== undefined && scale !== undefined) {
    return decimal({ precision: Number(precision), scale: Number(scale) });
  }
  const plain = type.replace(/^timestamp\(\d\)/, 'timestamp');
  return plain === 'numeric' ? decimal(COMPUTED) : (KINDS[plain] ?? TEXT);
}

function decimal({ precision, scale }: typeof COMPUTED): Kind {
  return {
    element: {
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: bytesFor(precision),
      converted_type: 'DECIMAL',
      logical_type: { type: 'DECIMAL', precision, scale },
      precision,
      scale,
    },
    read: (text) => unscaled(text, scale),
  };
}

/** Bytes of a signed number with so many digits. */
function bytesFor(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) <= 10n ** BigInt(precision)) bytes += 1;
  return bytes;
}

/** `-12.345` with two digits behind the point → -1235n, as PostgreSQL rounds. */
export function unscaled(text: string, scale: number): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const kept = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  const rounded = kept + (Number(fraction[scale] ?? '0') >= 5 ? 1n : 0n);
  return isNegative ? -rounded : rounded;
}

/** Microseconds since 1970. @throws for `infinity`, which no column of ours holds */
function microsIn(text: string): bigint {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? [];
  return BigInt(Date.parse(`${day}T${time}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

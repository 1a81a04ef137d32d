import { isUtf8 } from 'node:buffer';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { ArchiveError } from '../errors.ts';

/** No line of an archive has more; an endless one must not fill the memory. */
const MAX_RECORD_BYTES = 1_048_576;
/** A character of UTF-8 has four bytes at most. */
const LONGEST_CHARACTER = 4;

/** Reads the fields of one row by the names of their columns; a column that is not there is empty. */
export type Field = (column: string) => string;

/**
 * Reads a CSV of EVE Ref, whose columns are found by their names, in any order. Without a single row
 * it has no head.
 *
 * @param name of the file, for what goes wrong
 * @param needed columns that must be there, where there is a head
 * @throws ArchiveError when it is no such CSV
 */
export async function readCsv(
  name: string,
  source: AsyncIterable<Uint8Array>,
  needed: readonly string[],
  take: (field: Field, line: number) => void,
): Promise<void> {
  const parser = parse({
    bom: true,
    max_record_size: MAX_RECORD_BYTES,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
  });
  let columns: ReadonlyMap<string, number> | undefined;
  let line = 1;
  try {
    await pipeline(source, assertUtf8(), parser, async (records: AsyncIterable<string[]>) => {
      for await (const record of records) {
        if (columns === undefined) columns = columnsIn(record, needed);
        else take(fieldsOf(record, columns), line);
        line += 1;
      }
    });
  } catch (error) {
    if (error instanceof CsvError || error instanceof CsvFault) {
      throw new ArchiveError(`${name}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** What is wrong with a CSV. */
class CsvFault extends Error {}

function fieldsOf(record: readonly string[], columns: ReadonlyMap<string, number>): Field {
  return (column) => {
    const index = columns.get(column);
    return index === undefined ? '' : (record[index] ?? '');
  };
}

function columnsIn(head: readonly string[], needed: readonly string[]): Map<string, number> {
  const columns = new Map<string, number>();
  for (const [index, column] of head.entries()) {
    if (columns.has(column)) throw new CsvFault(`two columns are called ${column}`);
    columns.set(column, index);
  }
  const missing = needed.filter((column) => !columns.has(column));
  if (missing.length > 0) throw new CsvFault(`the column ${missing.join(', ')} is missing`);
  return columns;
}

/** What is read as another encoding would be stored as rubbish. */
function assertUtf8(): Transform {
  let rest: Uint8Array = Buffer.alloc(0);
  return new Transform({
    transform(piece: Uint8Array, _encoding, done) {
      const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const end = endOfCharacters(text);
      rest = text.subarray(end);
      const whole = text.subarray(0, end);
      if (isUtf8(whole)) done(null, whole);
      else done(new CsvFault('it is not UTF-8'));
    },
    flush(done) {
      done(rest.length === 0 ? null : new CsvFault('it is not UTF-8'));
    },
  });
}

/** Where a character begins whose rest is in the next piece; else the end. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(LONGEST_CHARACTER, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = byte >= 0x80 && byte < 0xc0;
    if (isContinuation) continue;
    return lengthOfCharacter(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function lengthOfCharacter(firstByte: number): number {
  if (firstByte >= 0xf0) return 4;
  if (firstByte >= 0xe0) return 3;
  return firstByte >= 0xc0 ? 2 : 1;
}

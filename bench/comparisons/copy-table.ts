import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Rows go to the server in chunks of about this many characters. */
const CHUNK_CHARACTERS = 64 * 1024;
const SPECIAL = /[\\\t\n\r]/;
const ALL_SPECIAL = /[\\\t\n\r]/g;

type Value = string | number | boolean | undefined;

/** One COPY into one table, on a connection of its own. */
export class CopyTable {
  readonly #client: pg.Client;
  readonly #stream: ReturnType<typeof copyFrom>;
  #text = '';

  private constructor(client: pg.Client, statement: string) {
    this.#client = client;
    this.#stream = client.query(copyFrom(statement));
  }

  static async open(databaseUrl: string, table: string, columns: string): Promise<CopyTable> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new CopyTable(client, `COPY ${table} (${columns}) FROM STDIN`);
  }

  add(...values: readonly Value[]): void {
    let row = '';
    for (const value of values) row += `${copyText(value)}\t`;
    this.#text += `${row.slice(0, -1)}\n`;
    if (this.#text.length >= CHUNK_CHARACTERS) this.#flush();
  }

  async end(): Promise<void> {
    this.#flush();
    this.#stream.end();
    await once(this.#stream, 'finish');
    await this.#client.end();
  }

  #flush(): void {
    this.#stream.write(this.#text);
    this.#text = '';
  }
}

function copyText(value: Value): string {
  if (value === undefined) return '\\N';
  if (typeof value !== 'string') return String(value);
  return SPECIAL.test(value)
    ? value.replace(ALL_SPECIAL, (character) => ESCAPED[character] ?? character)
    : value;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

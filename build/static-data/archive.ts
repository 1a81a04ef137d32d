import { createInterface } from 'node:readline';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

/** The files of CCP's archive of JSON Lines, each read line by line. */
export class Archive {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws when the file is no archive */
  static async open(path: string): Promise<Archive> {
    const zip = await yauzl.openPromise(path, { autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    return new Archive(zip, entries);
  }

  /**
   * The rows of one file.
   *
   * @param name as CCP calls it, without its ending: `mapRegions`
   * @throws when the archive has no such file, or a line is no JSON
   */
  async *rows<Row>(name: string): AsyncGenerator<Row> {
    const entry = this.#entries.get(`${name}.jsonl`);
    if (entry === undefined) throw new Error(`the archive holds no ${name}.jsonl`);
    const lines = createInterface({ input: await this.#zip.openReadStreamPromise(entry) });
    for await (const line of lines) if (line !== '') yield JSON.parse(line) as Row;
  }

  close(): void {
    this.#zip.close();
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifExists } from '../../files/existing.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { type CacheStore, RECORD_LIFE_MS } from './response-cache.ts';

const NEW_LINE = 0x0a;

/** Keeps each record as one file: the head as a line of JSON, then the body's bytes. */
export class FileCacheStore implements CacheStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async readHead(key: string): Promise<string | undefined> {
    const record = await this.#read(key);
    return record?.subarray(0, record.indexOf(NEW_LINE)).toString('utf8');
  }

  async readBody(key: string): Promise<Buffer | undefined> {
    const record = await this.#read(key);
    return record?.subarray(record.indexOf(NEW_LINE) + 1);
  }

  async write(key: string, head: string, body: Buffer): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `${randomUUID()}.tmp`);
    const record = Buffer.concat([Buffer.from(`${head}\n`), body]);
    await replaceFile(this.#path(key), draft, () => writeFile(draft, record, { mode: 0o600 }));
  }

  async replaceHead(key: string, head: string): Promise<void> {
    const body = await this.readBody(key);
    if (body !== undefined) await this.write(key, head, body);
  }

  /** Removes what nobody wrote for a week, and drafts of runs that died. What resists, stays. */
  async prune(nowMs: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const file = await stat(path).catch(() => undefined);
      if (file?.isFile() !== true) continue;
      const isOld = nowMs - file.mtimeMs > RECORD_LIFE_MS;
      if (isOld || name.endsWith('.tmp')) await rm(path).catch(() => undefined);
    }
  }

  #read(key: string): Promise<Buffer | undefined> {
    return ifExists(readFile(this.#path(key)));
  }

  #path(key: string): string {
    return join(this.#folder, createHash('sha256').update(key).digest('hex'));
  }
}

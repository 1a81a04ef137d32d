import type { CachedHead, CacheStore } from '../../../src/esi/cache/response-cache.ts';

/** A cache that can lose its bodies, or fail altogether. */
export class MemoryCacheStore implements CacheStore {
  readonly heads = new Map<string, string>();
  readonly bodies = new Map<string, Buffer>();
  /** Methods called, by which a read-only use can be told. */
  readonly calls: string[] = [];
  isBroken = false;

  async readHead(key: string): Promise<string | undefined> {
    this.#note('readHead');
    return this.heads.get(key);
  }

  async readBody(key: string): Promise<Buffer | undefined> {
    this.#note('readBody');
    return this.bodies.get(key);
  }

  async write(key: string, head: string, body: Buffer): Promise<void> {
    this.#note('write');
    this.heads.set(key, head);
    this.bodies.set(key, body);
  }

  async replaceHead(key: string, head: string): Promise<void> {
    this.#note('replaceHead');
    if (this.bodies.has(key)) this.heads.set(key, head);
  }

  /** What is kept of an answer; undefined when it is not. */
  headOf(key: string): CachedHead | undefined {
    const text = this.heads.get(key);
    if (text === undefined) return undefined;
    const { checksum: _checksum, ...head } = JSON.parse(text) as CachedHead & { checksum: unknown };
    return head;
  }

  #note(call: string): void {
    this.calls.push(call);
    if (this.isBroken) throw new Error('the cache is broken');
  }
}

import { REPLACE_HEAD } from '../../src/esi/cache/redis-cache-store.ts';
import { RELEASE, RENEW } from '../../src/lock/redis-lease.ts';
import type { Redis } from '../../src/redis.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As `redis.ts` waits for an answer, at most. */
const COMMAND_TIMEOUT_MS = 5000;

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

interface ScriptOptions {
  readonly keys: readonly string[];
  readonly arguments: readonly string[];
}

/** Of a key that is set only where there is none. */
interface SetOptions {
  readonly condition: 'NX';
  readonly expiration: { readonly type: 'PX'; readonly value: number };
}

/** What happens to a command: nothing, or it never arrives, or its answer never comes back. */
export type CommandFault = 'lost' | 'unanswered' | undefined;

type Record = { head: string; body: Buffer };

/** A Redis server, in this process: keys that expire, and the program's scripts in plain words. */
export class SimulatedRedis {
  readonly #time: VirtualTime;
  readonly #keys = new Map<string, Entry>();
  #records = new Map<string, Record>();
  isDown = false;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** The connection of one process. */
  connect(
    process: SimulatedProcess,
    nextFault: () => CommandFault,
    latencyMs: () => number,
  ): Promise<Redis> {
    const client = this.#client();
    const run = async <T>(command: (client: never) => Promise<T>, patienceMs?: number) => {
      await process.step();
      const fault = this.isDown ? 'lost' : nextFault();
      if (fault === 'lost') return this.#timeOut(process, patienceMs);
      const answer = await command(client as never);
      if (fault === 'unanswered') return this.#timeOut(process, patienceMs);
      await this.#time.wait(latencyMs());
      await process.step();
      return answer;
    };
    if (this.isDown) return Promise.reject(new Error('connect ECONNREFUSED'));
    return Promise.resolve({ run, runBinary: run, close: () => undefined } as Redis);
  }

  /** What the operator or a failover does: the key is gone. */
  delete(key: string): void {
    this.#keys.delete(key);
  }

  /** What another program does: the key holds something else. */
  overwrite(key: string, value: string, ttlMs: number): void {
    this.#keys.set(key, { value, expiresAtMs: this.#time.elapsedMs + ttlMs });
  }

  find(key: string): string | undefined {
    const entry = this.#keys.get(key);
    if (entry === undefined || entry.expiresAtMs > this.#time.elapsedMs) return entry?.value;
    this.#keys.delete(key);
    return undefined;
  }

  /** The cache loses everything, as by eviction. */
  evict(): void {
    this.#records = new Map();
  }

  /** Keeps a copy of the cache. @returns goes back to it, as a failover to a late replica does */
  copyCache(): () => void {
    const copy = new Map(this.#records);
    return () => {
      this.#records = new Map(copy);
    };
  }

  async #timeOut(process: SimulatedProcess, patienceMs = COMMAND_TIMEOUT_MS): Promise<never> {
    await this.#time.wait(Math.min(patienceMs, COMMAND_TIMEOUT_MS));
    await process.step();
    throw new Error('no answer from the server');
  }

  #client() {
    return {
      set: async (key: string, value: string, { expiration }: SetOptions) => {
        if (this.find(key) !== undefined) return null;
        this.overwrite(key, value, expiration.value);
        return 'OK';
      },
      eval: async (script: string, options: ScriptOptions) => this.#evaluate(script, options),
      hGet: async (key: string, field: 'head' | 'body') => this.#records.get(key)?.[field] ?? null,
      multi: () => {
        const writes: (() => void)[] = [];
        const transaction = {
          hSet: (key: string, record: Record) => {
            writes.push(() => this.#records.set(key, record));
            return transaction;
          },
          expire: () => transaction,
          exec: async () => {
            for (const write of writes) write();
          },
        };
        return transaction;
      },
    };
  }

  #evaluate(script: string, { keys, arguments: values }: ScriptOptions): unknown {
    const [key = ''] = keys;
    const [first = '', ttlMs = ''] = values;
    switch (script) {
      case RENEW:
        if (this.find(key) !== first) return 0;
        this.overwrite(key, first, Number(ttlMs));
        return 1;
      case RELEASE:
        if (this.find(key) !== first) return 0;
        this.delete(key);
        return 1;
      case REPLACE_HEAD:
        return this.#replaceHead(key, first);
      default:
        throw new Error('the simulated Redis does not know this script');
    }
  }

  #replaceHead(key: string, head: string): null {
    const record = this.#records.get(key);
    if (record !== undefined) this.#records.set(key, { ...record, head });
    return null;
  }
}

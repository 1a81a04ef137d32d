import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../src/report/summary.ts';
import { type PrivateServer, startPostgres } from '../test/support/private-postgres.ts';
import { startRedis } from '../test/support/private-redis.ts';
import type { TrafficReport } from './esi/traffic.ts';
import { type DatabaseUse, MeasuredDatabase, onServer } from './measured-database.ts';
import {
  BIN,
  type EsiProcess,
  measureComparison,
  measureProgram,
  measureRun,
} from './processes.ts';
import type { Usage } from './usage.ts';

/** Everything known of one pass. */
export interface Pass {
  readonly name: string;
  readonly usage: Usage;
  readonly traffic: TrafficReport;
  /** Undefined for an embedded database. */
  readonly database: DatabaseUse | undefined;
  /** Undefined for the comparisons. */
  readonly summary: Summary | undefined;
}

/** One installation of the program: passes over it follow one another. */
export interface Installation {
  pass(name: string): Promise<Pass>;
  command(args: readonly string[]): Promise<Usage>;
  remove(): Promise<void>;
}

/** The servers of one benchmark, and what is measured on them. */
export class Laboratory {
  readonly #postgres: PrivateServer;
  readonly #redis: PrivateServer;
  #databases = 0;

  private constructor(postgres: PrivateServer, redis: PrivateServer) {
    this.#postgres = postgres;
    this.#redis = redis;
  }

  static async open(): Promise<Laboratory> {
    const postgres = await startPostgres();
    const redis = await startRedis();
    if (postgres === undefined || redis === undefined) {
      throw new Error('the benchmark needs the binaries of PostgreSQL and of Redis or Valkey');
    }
    // Kept until it is counted.
    await onServer(postgres.url, "ALTER SYSTEM SET wal_keep_size = '16GB'");
    await onServer(postgres.url, 'SELECT pg_reload_conf()');
    return new Laboratory(postgres, redis);
  }

  async postgresVersion(): Promise<string> {
    const [row] = await onServer(this.#postgres.url, 'SHOW server_version');
    return (row as { server_version: string }).server_version;
  }

  async close(): Promise<void> {
    await this.#redis.stop();
    await this.#postgres.stop();
  }

  /** A cold comparison in a database of its own. @param script in `comparisons/` */
  async comparison(name: string, script: string, esi: EsiProcess): Promise<Pass> {
    const database = await this.#database();
    await esi.traffic();
    const { result: usage, use } = await database.measure(() =>
      measureComparison(script, esi.url, database.url),
    );
    const traffic = await esi.traffic();
    await database.drop();
    return { name, usage, traffic, database: use, summary: undefined };
  }

  /** The program with an empty database on the server and an empty cache. @param bin of another checkout */
  async installation(
    esi: EsiProcess,
    settings: Readonly<Record<string, string>> = {},
    bin?: string,
  ): Promise<Installation> {
    const dataDir = await newDataDir();
    // Another version has tables of its own.
    const migrate = (url: string) =>
      measureProgram(bin ?? BIN, ['migrate'], { DATABASE_URL: url, DATA_DIR: dataDir });
    const database = await this.#database(bin === undefined ? undefined : migrate);
    const environment = {
      ...baseSettings(esi, dataDir),
      DATABASE_URL: database.url,
      REDIS_URL: this.#redis.url,
      REDIS_KEY_PREFIX: `bench-${this.#databases}:`,
      ...settings,
    };
    return {
      pass: async (name) => {
        await esi.traffic();
        const { result, use } = await database.measure(() => measureRun(environment, bin));
        return { name, ...result, traffic: await esi.traffic(), database: use };
      },
      command: async (args) => (await measureProgram(bin ?? BIN, args, environment)).usage,
      remove: async () => {
        await database.drop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  }

  #database(makeTables?: (url: string) => Promise<unknown>): Promise<MeasuredDatabase> {
    this.#databases += 1;
    const name = `bench_${this.#databases}`;
    return MeasuredDatabase.create(this.#postgres.url, name, makeTables);
  }
}

/** The program with everything embedded: PGlite, lock and cache in files. */
export async function embeddedInstallation(esi: EsiProcess): Promise<Installation> {
  const dataDir = await newDataDir();
  const environment = baseSettings(esi, dataDir);
  return {
    pass: async (name) => {
      await esi.traffic();
      const result = await measureRun(environment);
      return { name, ...result, traffic: await esi.traffic(), database: undefined };
    },
    command: async (args) => (await measureProgram(BIN, args, environment)).usage,
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

function baseSettings(esi: EsiProcess, dataDir: string): Record<string, string> {
  return { ESI_BASE_URL: esi.url, ESI_MAX_RPS: '0', REGION_IDS: 'all', DATA_DIR: dataDir };
}

function newDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'contracts-agg-bench-'));
}

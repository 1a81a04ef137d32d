import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished, test } from 'vitest';
import {
  type LocalEsi,
  type LocalEsiOptions,
  startLocalEsi,
} from '../../fixtures/local-esi/server.ts';
import {
  churnUniverse,
  generateUniverse,
  type Universe,
} from '../../fixtures/local-esi/universe.ts';
import { createServerDatabase } from './databases.ts';
import { runHere } from './run-here.ts';
import {
  type Environment,
  type FinishedRun,
  type ProcessOptions,
  type ProcessResult,
  type RunningProcess,
  type RunningProgram,
  readRun,
  startProcess,
} from './run-process.ts';
import { RedisKeys } from './run-redis.ts';
import { Tables } from './run-tables.ts';
import { Truth, type TruthOptions } from './run-truth.ts';

export const THE_FORGE = 10000002;
export const DOMAIN = 10000043;
export const SINQ_LAISON = 10000032;
/** When it is in every world, at its start. */
export const START = new Date('2026-09-08T12:00:00Z');
/** So many contracts have the worlds that do not say otherwise. */
export const CONTRACTS = 60;
/** With it, even these few are of all kinds, with auctions, couriers and a contract of many rows. */
const SEED = 1139;
const PASSWORD = 's3cret-pw';

export const hasServers = inject('postgresUrl') !== null && inject('redisUrl') !== null;
/** A test that needs PostgreSQL and Redis runs only where both are. */
export const serverTest = test.runIf(hasServers);

export interface WorldOptions {
  /** @default CONTRACTS */
  readonly contracts?: number;
  /** @default The Forge, Domain and Sinq Laison */
  readonly regionIds?: readonly number[];
  readonly seed?: number;
  readonly start?: Date;
  readonly esi?: Omit<LocalEsiOptions, 'now'>;
  /** No servers: everything in the data directory. @default false */
  readonly embedded?: boolean;
  /** Where the working folder lies. @default among the temporary files */
  readonly parent?: string;
}

/** All that one whole run needs: ESI, a database, keys in Redis, a data directory, and the time. */
export class World {
  readonly esi: LocalEsi;
  readonly universe: Universe;
  readonly tables: Tables;
  readonly redis: RedisKeys;
  /** The working folder of the runs; the data directory lies in it. */
  readonly folder: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** How far the clock of the runs to come is off ESI's, and jumps at each SIGUSR2. */
  hostClock = { errorMs: 0, jumpMs: 0 };
  readonly #clock: WorldClock;
  #truth: Truth;
  readonly #running = new Set<RunningProgram>();

  constructor(parts: WorldParts) {
    this.esi = parts.esi;
    this.universe = parts.esi.universe;
    this.folder = parts.folder;
    this.dataDir = join(parts.folder, 'data');
    this.databaseUrl = parts.databaseUrl;
    this.redis = new RedisKeys(`${inject('keyPrefix')}${randomUUID().slice(0, 8)}:`);
    this.tables =
      parts.databaseUrl === undefined
        ? Tables.embedded(this.dataDir)
        : Tables.onServer(parts.databaseUrl);
    this.#clock = parts.clock;
    this.#truth = new Truth(this.universe);
  }

  /** The settings of a run, but for those that a test gives itself. */
  get env(): Environment {
    const servers: Record<string, string> =
      this.databaseUrl === undefined
        ? {}
        : {
            DATABASE_URL: this.databaseUrl,
            REDIS_URL: inject('redisUrl') ?? '',
            REDIS_KEY_PREFIX: this.redis.prefix,
          };
    return {
      ...servers,
      TZ: 'UTC',
      DATA_DIR: this.dataDir,
      ESI_BASE_URL: this.esi.url,
      ESI_MAX_RPS: '0',
      REGION_IDS: [...this.universe.regions.keys()].join(','),
    };
  }

  /** Passwords that no output may hold. */
  get secrets(): readonly string[] {
    return this.databaseUrl === undefined ? [] : [new URL(this.databaseUrl).password];
  }

  now(): Date {
    return this.#clock.now();
  }

  /** Lets time pass, for ESI and for the runs to come. */
  forward(minutes: number): void {
    this.#clock.forward(minutes);
  }

  /** Half an hour later ESI lists the regions anew, and a part of the contracts has changed. */
  nextListing(churn?: { readonly seed: number; readonly share: number }) {
    this.forward(31);
    const changes = churn && churnUniverse(this.universe, { ...churn, now: this.now() });
    this.esi.roll();
    return changes ?? { added: [], removed: [] };
  }

  /** How the program is started in this world. */
  processOptions(env: Environment = {}): ProcessOptions {
    return {
      env: { ...this.env, ...env },
      cwd: this.folder,
      clockShiftMs: this.#clock.shiftMs + this.hostClock.errorMs,
      clockJumpMs: this.hostClock.jumpMs,
    };
  }

  /** Starts any command in this process. It does not outlive the test. */
  start(args: readonly string[], env: Environment = {}): RunningProgram {
    const running = runHere(args, this.processOptions(env));
    this.#running.add(running);
    return running;
  }

  /** Starts any command in a process of its own, to kill it or to see how it ends. */
  spawn(args: readonly string[], env: Environment = {}): RunningProcess {
    const running = startProcess(args, this.processOptions(env));
    this.#running.add(running);
    return running;
  }

  command(args: readonly string[], env: Environment = {}): Promise<ProcessResult> {
    return this.start(args, env).done;
  }

  /** Starts `run --json`. */
  startRun(args: readonly string[] = [], env: Environment = {}): RunningProgram {
    return this.start(['run', '--json', ...args], env);
  }

  /** Starts `run --json` in a process of its own. */
  spawnRun(args: readonly string[] = [], env: Environment = {}): RunningProcess {
    return this.spawn(['run', '--json', ...args], env);
  }

  /** Runs `run --json` to its end, and checks the form of all that it says. */
  async run(args: readonly string[] = [], env: Environment = {}): Promise<FinishedRun> {
    return this.read(await this.startRun(args, env).done);
  }

  read(result: ProcessResult): FinishedRun {
    return readRun(result, this.secrets);
  }

  /** Forgets what was stored before: the database has lost it. */
  forgetStored(): void {
    this.#truth = new Truth(this.universe);
  }

  /** Compares all rows of contracts and items with what ESI lists. */
  expectTruth(options: TruthOptions = {}): Promise<void> {
    return this.#truth.expect(this.tables, this.now(), options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
    await Promise.all([this.esi.close(), this.redis.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface WorldParts {
  readonly esi: LocalEsi;
  readonly clock: WorldClock;
  readonly folder: string;
  readonly databaseUrl: string | undefined;
}

/** Runs beside the real time, from a start of its own. */
class WorldClock {
  shiftMs: number;

  constructor(start: Date) {
    this.shiftMs = start.getTime() - Date.now();
  }

  now(): Date {
    return new Date(Date.now() + this.shiftMs);
  }

  forward(minutes: number): void {
    this.shiftMs += minutes * 60_000;
  }
}

/** A world of the running test, gone when the test ends. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { world, close } = await openWorld(options);
  onTestFinished(close);
  return world;
}

/** A world for several tests; whoever opens it closes it. */
export async function openWorld(options: WorldOptions = {}, makeDatabase = createServerDatabase) {
  const { contracts = CONTRACTS, seed = SEED, start = START, embedded = false } = options;
  const regionIds = [...(options.regionIds ?? [THE_FORGE, DOMAIN, SINQ_LAISON])];
  const universe = generateUniverse({ seed, now: start, regionIds, contracts });
  const clock = new WorldClock(start);
  const esi = await startLocalEsi(universe, { ...options.esi, now: () => clock.now() });
  const database = embedded ? undefined : await makeDatabase();
  const folder = await mkdtemp(join(options.parent ?? tmpdir(), 'contracts-agg-run-'));
  const databaseUrl = database && withPassword(database.url);
  const world = new World({ esi, clock, folder, databaseUrl });
  const close = async () => {
    await world.close();
    await database?.drop();
  };
  return { world, close };
}

/** The server of the tests trusts everyone, so any password will do. */
function withPassword(text: string): string {
  const url = new URL(text);
  url.password ||= PASSWORD;
  return url.href;
}

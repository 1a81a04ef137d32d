import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../../fixtures/local-esi/random.ts';
import { generateUniverse } from '../../fixtures/local-esi/universe.ts';
import { shipTest } from '../support/expected-rows.ts';
import type { Row } from '../support/run-tables.ts';
import { findWrongPrices } from './expected-prices.ts';
import { Fates, findUndecided } from './fates.ts';
import { type Beliefs, findUntruth, findViolations, type StoredTables } from './invariants.ts';
import { KnownWorld } from './known-world.ts';
import type { Laboratory } from './laboratory.ts';
import { ChangesReader, findNameless, findWrongNames } from './readers.ts';
import { type Chapter, chooseChapter, chooseScale, QUIET_CHAPTER, type Scale } from './scenario.ts';
import { SimulatedDatabase } from './simulated-database.ts';
import { SimulatedEsi } from './simulated-esi.ts';
import { SimulatedRedis } from './simulated-redis.ts';
import { SimulatedRun, type SimulatedWorld } from './simulated-run.ts';
import { beginTroubles, LOCK_KEY } from './troubles.ts';
import { VirtualTime } from './virtual-time.ts';
import { changeWorld } from './world-changes.ts';

/** Back to what a database holds before its first run: CCP's static data. */
const EMPTY = `
TRUNCATE contracts, contract_items, esi_type_cache, regions, aggregation_runs, esi_names,
  courier_routes, daily_prices, outcome_progress CASCADE;
DELETE FROM locations WHERE kind <> 'station' OR last_refreshed_at IS NOT NULL;
UPDATE esi_groups SET last_refreshed_at = NULL WHERE last_refreshed_at IS NOT NULL;
UPDATE esi_categories SET last_refreshed_at = NULL WHERE last_refreshed_at IS NOT NULL`;

const START = new Date('2026-09-08T12:00:00Z');
const PREFIX = 'simulated:';
/** After so long a run without end hangs. */
const LONGEST_RUN_MS = 6 * 3_600_000;
/** The listing that is doubted, and the one that says the same. */
const QUIET_CHAPTERS = 3;
/** What comes and goes with a snapshot in the middle of a pass. */
const SMALL_CHANGE = { churn: 0.1, edits: 0, moves: 0 };
const SHIP_GROUPS = [25, 26, 27, 28, 30, 31, 237, 324, 358, 419, 420, 463, 485, 513, 541, 547];
const OTHER_SHIP_GROUPS = [25, 26];

export interface SimulationReport {
  readonly seed: number;
  /** What was not as it should be, in order; the history ends with the first. */
  readonly violations: readonly string[];
  /** How often each thing happened. */
  readonly events: ReadonlyMap<string, number>;
  /** The same for two histories that are the same. */
  readonly digest: string;
}

/** Hears, line by line, what happens and what the program says about it. */
type Trace = (line: string) => void;

/** Plays the history of one seed. What the laboratory's tables hold is lost. */
export function simulate(
  seed: number,
  laboratory: Laboratory,
  trace?: Trace,
): Promise<SimulationReport> {
  return new Simulation(seed, laboratory, trace).play();
}

class Simulation {
  readonly #seed: number;
  readonly #random: Random;
  readonly #pglite: Laboratory['pglite'];
  readonly #trace: Trace | undefined;
  readonly #scale: Scale;
  readonly #time = new VirtualTime(START);
  readonly #known: KnownWorld;
  readonly #fates: Fates;
  readonly #world: SimulatedWorld;
  readonly #violations: string[] = [];
  readonly #events = new Map<string, number>();
  readonly #reader = new ChangesReader();
  readonly #digest = createHash('sha256');
  #lastBegun: string | undefined;
  #runs = 0;
  #areFlagsKnown = true;
  #goBackToCopy = () => {};

  constructor(seed: number, { pglite, migrations }: Laboratory, trace: Trace | undefined) {
    this.#seed = seed;
    this.#random = createRandom(seed);
    this.#pglite = pglite;
    this.#trace = trace;
    this.#scale = chooseScale(this.#random);
    const { contracts } = this.#scale;
    const regionIds = [...this.#scale.regionIds];
    const universe = generateUniverse({ seed, now: START, regionIds, contracts });
    this.#known = new KnownWorld(universe);
    this.#fates = new Fates(this.#known, START);
    const { pageSize, itemsPageSize } = this.#scale;
    const tools = { universe, time: this.#time, random: this.#random };
    this.#world = {
      time: this.#time,
      esi: new SimulatedEsi({ ...tools, pageSize, itemsPageSize }),
      redis: new SimulatedRedis(this.#time),
      database: new SimulatedDatabase(pglite, this.#time),
      migrations,
    };
  }

  async play(): Promise<SimulationReport> {
    await this.#pglite.exec(EMPTY);
    for (let left = this.#random.int(2, 5); left > 0 && this.#isSound; left -= 1) {
      await this.#playChapter(chooseChapter(this.#random));
    }
    for (let left = QUIET_CHAPTERS; left > 0 && this.#isSound; left -= 1) {
      await this.#playChapter(QUIET_CHAPTER);
    }
    if (this.#isSound) {
      const tables = await this.#readTables();
      this.#complain([...findUntruth(tables, this.#beliefs), ...findNameless(tables)]);
      this.#complain([...findWrongPrices(tables), ...findUndecided(tables.contracts)]);
      for (const { outcome } of tables.contracts) this.#count(`outcome ${String(outcome)}`);
    }
    const digest = this.#digest.digest('hex');
    return { seed: this.#seed, violations: this.#violations, events: this.#events, digest };
  }

  get #truth() {
    return { known: this.#known, fates: this.#fates };
  }

  get #isSound(): boolean {
    return this.#violations.length === 0;
  }

  get #beliefs(): Beliefs {
    const { esi } = this.#world;
    const isShip = shipTest(esi.universe, SHIP_GROUPS);
    return { esi, known: this.#known, isShip, areFlagsKnown: this.#areFlagsKnown };
  }

  async #playChapter(chapter: Chapter): Promise<void> {
    await this.#time.pass(chapter.elapsedMs);
    changeWorld(chapter, this.#truth, this.#random, this.#time.now());
    this.#changeCache(chapter);
    this.#world.esi.roll();
    this.#world.esi.spendErrors(chapter.errorsOfOthers);
    const runs = await this.#runAll(chapter);
    for (const run of runs) this.#judge(run, chapter);
    const tables = await this.#readTables();
    const { contracts, contract_items: items, regions } = tables;
    this.#digest.update(JSON.stringify({ contracts, items, regions }));
    this.#complain(findViolations(tables, this.#beliefs));
    this.#complain([...this.#reader.look(tables), ...findWrongNames(tables)]);
    const { esi } = this.#world;
    const mayErr = (id: number) => esi.liedAbout.has(id) || this.#known.moved.has(id);
    this.#complain(this.#fates.falsehoods(tables.contracts, mayErr));
  }

  async #runAll(chapter: Chapter): Promise<readonly SimulatedRun[]> {
    const first = this.#start(chapter, 0);
    const runs = [first];
    const calm = beginTroubles(chapter, this.#world, {
      happen: (name) => this.#happen(name),
      takeSnapshot: () => {
        changeWorld(SMALL_CHANGE, this.#truth, this.#random, this.#time.now());
        this.#world.esi.roll();
      },
      terminate: () => first.terminate(),
    });
    const startRival = () => {
      if (runs.length === 1) runs.push(this.#start(chapter, 1));
    };
    if (chapter.isTakenOver) {
      first.process.onStop(() => {
        this.#happen('the lock is taken over');
        this.#world.redis.delete(LOCK_KEY);
        startRival();
      });
    }
    if (chapter.rivalAfterMs !== undefined) {
      await this.#time.pass(chapter.rivalAfterMs);
      startRival();
    }
    const startedAtMs = this.#time.elapsedMs;
    const haveEnded = () => runs.every((run) => run.hasEnded);
    const isTooLong = () => this.#time.elapsedMs - startedAtMs > LONGEST_RUN_MS;
    await this.#time.runUntil(() => haveEnded() || isTooLong());
    calm();
    return runs;
  }

  #changeCache({ evictsCache, rewindsCache }: Chapter): void {
    const { redis } = this.#world;
    if (evictsCache) redis.evict();
    if (rewindsCache) this.#goBackToCopy();
    this.#goBackToCopy = redis.copyCache();
  }

  #start(chapter: Chapter, index: 0 | 1): SimulatedRun {
    this.#runs += 1;
    const { brokenStatements, brokenCommands, timeLimitMs, hasOtherShips } = chapter;
    if (hasOtherShips) this.#areFlagsKnown = false;
    const groups = hasOtherShips ? OTHER_SHIP_GROUPS : SHIP_GROUPS;
    const plan = {
      name: `run ${this.#runs}`,
      runId: `00000000-0000-4000-8000-${String(this.#runs).padStart(12, '0')}`,
      settings: {
        ...this.#scale.settings,
        DATABASE_URL: 'postgres://simulated/simulated',
        REDIS_URL: 'redis://simulated',
        REDIS_KEY_PREFIX: PREFIX,
        ESI_BASE_URL: 'http://simulated',
        REGION_IDS: this.#scale.regionIds.join(','),
        SHIP_GROUP_IDS: groups.join(','),
      },
      fate: chapter.fates[index],
      brokenStatements,
      brokenCommands,
      timeLimitMs,
    };
    this.#note(`${plan.name} starts`);
    return new SimulatedRun(plan, this.#world, this.#random, {
      onCommit: (runId, statements) => this.#checkCommit(runId, statements),
      log: this.#trace && ((line) => this.#note(`${plan.name} ${line}`)),
    });
  }

  /** The last run that began is the only one that may write. */
  #checkCommit(runId: string, statements: readonly string[]): void {
    if (statements.some((sql) => sql.includes('INSERT INTO aggregation_runs'))) {
      this.#lastBegun = runId;
    } else if (statements.length > 0 && runId !== this.#lastBegun) {
      this.#complain([`${runId} wrote after ${this.#lastBegun} had begun`]);
    }
    this.#digest.update(`${this.#time.elapsedMs} ${runId} ${statements.length}`);
  }

  #judge(run: SimulatedRun, chapter: Chapter): void {
    const { summary, fault, process, plan } = run;
    if (!run.hasEnded) this.#complain([`${plan.name} does not end`]);
    if (fault !== undefined) this.#complain([`${plan.name} threw ${String(fault)}`]);
    const end = process.isDead ? 'killed' : `exit ${summary?.exitCode}`;
    this.#happen(end);
    if (process.wasStopped) this.#happen('stopped');
    if (summary?.exitCode === 70) this.#complain([`${plan.name}: a fault of the program`]);
    if (chapter === QUIET_CHAPTER && summary?.exitCode !== 0) {
      this.#complain([`${plan.name} ends with ${summary?.exitCode}, and nothing was wrong`]);
    }
    if (this.#world.esi.requestsTooMany > 0) {
      this.#complain([`${plan.name} asked ESI when the error budget was gone`]);
    }
  }

  async #readTables(): Promise<StoredTables & { readonly daily_prices: readonly Row[] }> {
    const read = async (name: string) => {
      const sql = `SELECT coalesce(json_agg(to_jsonb(t) ORDER BY t), '[]')::text AS rows FROM ${name} AS t`;
      const { rows } = await this.#pglite.query<{ rows: string }>(sql);
      return JSON.parse(rows[0]?.rows ?? '[]') as readonly Row[];
    };
    return {
      contracts: await read('contracts'),
      contract_items: await read('contract_items'),
      regions: await read('regions'),
      aggregation_runs: await read('aggregation_runs'),
      esi_names: await read('esi_names'),
      daily_prices: await read('daily_prices'),
    };
  }

  #complain(violations: readonly string[]): void {
    for (const violation of violations) this.#note(`VIOLATION ${violation}`);
    this.#violations.push(...violations);
  }

  #happen(event: string): void {
    this.#note(event);
    this.#count(event);
  }

  #count(event: string): void {
    this.#events.set(event, (this.#events.get(event) ?? 0) + 1);
  }

  #note(line: string): void {
    this.#trace?.(`${this.#time.elapsedMs} ${line}`);
  }
}

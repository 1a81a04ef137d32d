import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { createRandom, type Random } from '../../fixtures/local-esi/random.ts';
import { Shown } from './kill-checks.ts';
import { atStage, type Stage, stageOf, type Victim, whileMade } from './kill-stages.ts';
import type { World } from './run-world.ts';

const TTL_SECONDS = 1;
/** Redis deletes what has expired at once; the rest is for a machine that is busy. */
const LATENESS_MS = 1500;
/** Small batches, so that a kill finds some contracts stored and others not. */
const SMALL_STEPS = {
  DB_BATCH_SIZE: '15',
  ESI_CONCURRENCY: '4',
  LOCK_TTL_SECONDS: String(TTL_SECONDS),
  LOG_LEVEL: 'debug',
};
/** A world to kill in: small, and ESI takes its time, so that there is a time to be killed in. */
export const KILLING_GROUND = { contracts: 120, esi: { latencyMs: 15 } } as const;
const PATIENCE = { timeout: 50_000, interval: 10 };
/** So little changes between two kills that a run after six of them need not doubt a listing. */
const SHARE = 0.07;

/** Kills runs on one world, and looks after each kill at what it left. */
export class Killer {
  /** What the runs were at when they were killed. */
  readonly hits: Stage[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #shown = new Shown();
  readonly #removed: number[] = [];

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = createRandom(seed);
    this.#shown.note(world);
  }

  /** Kills a run that finds other contracts than the one before it. */
  async killAfterChange(stage: Stage): Promise<void> {
    const seed = this.#random.int(1, 1_000_000);
    this.#removed.push(...this.#world.nextListing({ seed, share: SHARE }).removed);
    this.#shown.note(this.#world);
    await this.kill(stage);
  }

  async kill(stage: Stage): Promise<void> {
    const victim = this.#startVictim();
    await atStage(stage, victim, this.#random, () => this.#end(victim));
    await this.#lookAt(victim);
  }

  /** Kills the first start of an embedded database while that is being made. */
  async killInTheMaking(): Promise<void> {
    const victim = this.#startVictim();
    await whileMade(this.#world);
    await delay(this.#random.int(0, 1000));
    await this.#end(victim);
    await this.#lookAt(victim);
  }

  /** One run that nobody kills: after it the tables hold the truth, and no trace of the others. */
  async finish(): Promise<void> {
    const { tables } = this.#world;
    const { summary } = await this.#world.run([], SMALL_STEPS);
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    // What came and went between two kills may be stored or not.
    await this.#world.expectTruth({ except: this.#removed });
    await this.#shown.expectNothingTorn(this.#world);
    const outstanding = await tables.rows('contracts', `status = 'outstanding'`);
    const listed = new Set(outstanding.map((row) => Number(row['contract_id'])));
    expect(this.#removed.filter((contractId) => listed.has(contractId))).toEqual([]);
    expect(await tables.rows('aggregation_runs', 'finished_at IS NULL')).toEqual([]);
  }

  #startVictim(): Victim {
    this.#world.esi.resetRequests();
    const running = this.#world.spawnRun([], SMALL_STEPS);
    let hasEnded = false;
    void running.done.then(() => {
      hasEnded = true;
    });
    return { world: this.#world, running, hasEnded: () => hasEnded };
  }

  async #end(victim: Victim): Promise<void> {
    const stage = await stageOf(victim);
    victim.running.kill('SIGKILL');
    const { exitCode } = await victim.running.done;
    // A run that was faster ended by itself, and then as it should.
    if (exitCode === null) this.hits.push(stage);
    else expect(exitCode, victim.running.output.stderr).toBe(0);
  }

  async #lookAt({ running }: Victim): Promise<void> {
    const endedAt = performance.now();
    await this.#expectLockEnds(endedAt);
    await this.#shown.expectNothingTorn(this.#world);
    expect(running.output.stderr).not.toContain('"level":"fatal"');
  }

  /** The lock of a killed run ends at the latest with its life; that of a file, with the process. */
  async #expectLockEnds(killedAt: number): Promise<void> {
    const { databaseUrl, redis } = this.#world;
    if (databaseUrl === undefined) return;
    const client = await redis.client();
    // -1 would be a key that never ends, -2 is none.
    expect(await client.pTTL(redis.lockKey)).not.toBe(-1);
    await vi.waitUntil(async () => (await client.exists(redis.lockKey)) === 0, PATIENCE);
    expect(performance.now() - killedAt).toBeLessThan(TTL_SECONDS * 1000 + LATENESS_MS);
  }
}

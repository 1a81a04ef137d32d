import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RedisBudget, type RedisBudgetOptions } from '../../src/sharding/redis-budget.ts';
import type { Reservation } from '../../src/sharding/shared-budget.ts';
import { recordLog } from '../support/recorded-log.ts';
import { connectTo, onRedis, privateRedis, type SharedRedis } from '../support/use-redis.ts';

const NOTHING = { pauseMs: 0, errors: 0, countedErrors: 0, windowMs: 0 };

/** The budgets of several shards of one installation, each with a connection of its own. */
async function newBudgets({ url, prefix }: SharedRedis, perSecond: number, count = 3) {
  const keyPrefix = `${prefix}${randomUUID()}:`;
  const { logger } = recordLog();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const redis = await connectTo(url);
      const options = { prefix: keyPrefix, sharers: count, maxRequestsPerSecond: perSecond };
      return new RedisBudget({ ...options, redis, logger } satisfies RedisBudgetOptions);
    }),
  ) as Promise<[RedisBudget, RedisBudget, RedisBudget]>;
}

/** When each start was to be, by the clock of this process, as exactly as the answers tell. */
async function startsOf(budgets: readonly RedisBudget[], each: number): Promise<number[]> {
  const starts: number[] = [];
  const ask = async (budget: RedisBudget) => {
    for (let count = 0; count < each; ) {
      const { startMs, askAgainMs } = await budget.reserve();
      const nowMs = performance.now();
      if (startMs === undefined) await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      else {
        starts.push(nowMs + startMs);
        count += 1;
      }
    }
  };
  await Promise.all(budgets.map(ask));
  return starts.toSorted((one, other) => one - other);
}

function handsOutStarts(redis: () => SharedRedis): void {
  test('starts are evenly spaced over all shards, below the common rate', async () => {
    const perSecond = 100;
    const starts = await startsOf(await newBudgets(redis(), perSecond), 50);
    for (const [index, start] of starts.entries()) {
      const later = starts[index + perSecond];
      // 20 ms for the way of the answers.
      if (later !== undefined) expect(later - start).toBeGreaterThan(1020);
    }
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan((1000 * 149) / 96 - 20);
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeLessThan((1000 * 149) / 96 + 500);
  });

  test('a start that nobody asked for is not saved up', async () => {
    const [budget] = await newBudgets(redis(), 20);
    await budget.reserve();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [first, second, third] = [
      await budget.reserve(),
      await budget.reserve(),
      await budget.reserve(),
    ];
    expect(first.startMs).toBe(0);
    expect(second.startMs).toBeGreaterThan(30);
    expect(third.startMs).toBeGreaterThan(80);
  });

  test('no start is handed out for later than half a second', async () => {
    const [budget, other] = await newBudgets(redis(), 4);
    const asked: Reservation[] = [];
    for (let count = 0; count < 4; count += 1) asked.push(await budget.reserve());
    const starts = asked.flatMap(({ startMs }) => startMs ?? []);
    expect(starts).toHaveLength(2);
    expect(Math.max(...starts)).toBeLessThanOrEqual(500);
    const { startMs, askAgainMs } = await other.reserve();
    expect(startMs).toBeUndefined();
    expect(askAgainMs).toBeGreaterThan(100);
    expect(askAgainMs).toBeLessThan(400);
  });

  test('without a rate every start is now', async () => {
    const budgets = await newBudgets(redis(), 0);
    for (const budget of [...budgets, ...budgets, ...budgets]) {
      expect((await budget.reserve()).startMs).toBe(0);
    }
  });
}

function tellsOfAnswers(redis: () => SharedRedis): void {
  test('a pause is everybody’s, and a shorter one does not end it', async () => {
    const [one, other] = await newBudgets(redis(), 0);
    await one.report({ ...NOTHING, pauseMs: 30_000 });
    await other.report({ ...NOTHING, pauseMs: 1000 });
    for (const budget of [one, other]) {
      const { startMs, pauseMs, askAgainMs } = await budget.reserve();
      expect(startMs).toBeUndefined();
      expect(pauseMs).toBeGreaterThan(28_000);
      expect(askAgainMs).toBeGreaterThan(28_000);
    }
    await other.report({ ...NOTHING, pauseMs: 60_000 });
    expect((await one.reserve()).pauseMs).toBeGreaterThan(58_000);
  });

  test('the first start after a short pause is at its end', async () => {
    const [one, other] = await newBudgets(redis(), 100);
    await one.report({ ...NOTHING, pauseMs: 400 });
    const { startMs, pauseMs } = await other.reserve();
    expect(startMs).toBeGreaterThan(300);
    expect(Math.abs((startMs ?? 0) - pauseMs)).toBeLessThan(2);
    expect((await one.reserve()).startMs).toBeGreaterThan(startMs ?? 0);
  });

  test('errors add up over all shards, for a minute from the first', async () => {
    const [one, other] = await newBudgets(redis(), 0);
    expect(await one.reserve()).toMatchObject({ errors: 0, windowMs: 0 });
    await one.report({ ...NOTHING, errors: 1 });
    await other.report({ ...NOTHING, errors: 1 });
    await other.report({ ...NOTHING, errors: 1 });
    const { errors, windowMs } = await one.reserve();
    expect(errors).toBe(3);
    expect(windowMs).toBeGreaterThan(58_000);
    expect(windowMs).toBeLessThanOrEqual(60_000);
  });

  test('what ESI counts raises the number, and never lowers it', async () => {
    const [one, other] = await newBudgets(redis(), 0);
    await one.report({ ...NOTHING, countedErrors: 40, windowMs: 20_000 });
    await one.report({ ...NOTHING, countedErrors: 30, windowMs: 50_000 });
    const { errors, windowMs } = await other.reserve();
    expect(errors).toBe(40);
    expect(windowMs).toBeLessThanOrEqual(20_000);
    expect(windowMs).toBeGreaterThan(18_000);
  });
}

onRedis('the budget of all shards', (redis) => {
  describe('hands out starts:', () => handsOutStarts(redis));
  describe('tells of answers:', () => tellsOfAnswers(redis));

  test('gives no start when Redis is gone, and a report that is lost does no harm', async () => {
    const server = await privateRedis();
    const { logger, lines } = recordLog();
    const connection = await connectTo(server.url);
    const options = { prefix: '', sharers: 2, maxRequestsPerSecond: 10 };
    const budget = new RedisBudget({ ...options, redis: connection, logger });
    await server.stop();
    await expect(budget.reserve()).rejects.toBeInstanceOf(Error);
    await budget.report({ ...NOTHING, pauseMs: 10 });
    expect(lines.map(({ level }) => level)).toContain('warn');
  });
});

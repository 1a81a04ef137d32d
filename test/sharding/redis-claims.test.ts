import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { RedisClaims } from '../../src/sharding/redis-claims.ts';
import { SteppedClock } from '../lock/stepped-clock.ts';
import { recordLog } from '../support/recorded-log.ts';
import { connectTo, onRedis, privateRedis, type SharedRedis } from '../support/use-redis.ts';

const LIFE_MS = 30_000;

/** Several shards of one installation, and what they have done together. */
function newInstallation({ connection, client, prefix }: SharedRedis) {
  const keyPrefix = `${prefix}${randomUUID()}:`;
  const { logger } = recordLog();
  const stopper = new AbortController();
  const newClaims = (clock: Clock = systemClock) => {
    const token = randomUUID();
    const { signal } = stopper;
    return new RedisClaims({ redis: connection, prefix: keyPrefix, token, clock, logger, signal });
  };
  const stored = new Set<number>();
  const worked: number[] = [];
  const findStored = async (ids: readonly number[]) => new Set(ids.filter((id) => stored.has(id)));
  /** Takes a while, as asking ESI does. */
  const store = async (ids: readonly number[]) => {
    worked.push(...ids);
    await systemClock.sleep(20);
    for (const id of ids) stored.add(id);
  };
  return { newClaims, stopper, stored, worked, findStored, store, client, prefix: keyPrefix };
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function untilTrue(condition: () => boolean | Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 10_000, interval: 5 });
}

onRedis('claims: work in turn', (redis) => {
  test('is never done by two at once, and everyone gets a result of their own', async () => {
    const { newClaims, client, prefix } = newInstallation(redis());
    let atWork = 0;
    const work = async (result: number) => {
      atWork += 1;
      expect(atWork).toBe(1);
      await systemClock.sleep(15);
      atWork -= 1;
      return result;
    };
    const results = range(0, 4).map((index) => newClaims().inTurn('name', () => work(index)));
    expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
    expect(await client.keys(`${prefix}*`)).toEqual([]);
  });

  test('is free for the next after a failure, which is thrown as it is', async () => {
    const { newClaims } = newInstallation(redis());
    const failure = new RangeError('broken');
    await expect(newClaims().inTurn('name', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await newClaims().inTurn('name', async () => 1)).toBe(1);
  });

  test('is not waited for any more when the run is stopped', async () => {
    const { newClaims, stopper, client, prefix } = newInstallation(redis());
    await client.set(`${prefix}name`, 'another');
    const claims = newClaims();
    const waiting = claims.inTurn('name', async () => 1);
    await untilTrue(() => claims.isWaiting);
    const reason = new Error('stopped');
    stopper.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(claims.isWaiting).toBe(false);
  });
});

onRedis('claims: divided work', (redis) => {
  test('is done once, whoever wants it', async () => {
    const { newClaims, worked, findStored, store, stored } = newInstallation(redis());
    await Promise.all([
      newClaims().divide('type', range(1, 300), findStored, store),
      newClaims().divide('type', range(101, 300), findStored, store),
      newClaims().divide('type', range(51, 200).toReversed(), findStored, store),
    ]);
    expect(worked.toSorted((a, b) => a - b)).toEqual(range(1, 400));
    expect(stored.size).toBe(400);
  });

  test('is shared out among those who want the same', async () => {
    const { newClaims, findStored, stored } = newInstallation(redis());
    const shares = await Promise.all(
      range(0, 3).map(async () => {
        let share = 0;
        await newClaims().divide('type', range(1, 600), findStored, async (ids) => {
          share += ids.length;
          await systemClock.sleep(200);
          for (const id of ids) stored.add(id);
        });
        return share;
      }),
    );
    for (const share of shares) expect(share).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(600);
  });

  test('that others have done already is left alone', async () => {
    const { newClaims, worked, findStored, store, stored } = newInstallation(redis());
    for (const id of [2, 4]) stored.add(id);
    await newClaims().divide('type', range(1, 5), findStored, store);
    expect(worked).toEqual([1, 3, 5]);
  });

  test('that another is at is awaited, and looked for after the claim is gone', async () => {
    const { newClaims, worked, findStored, store, stored, client, prefix } = newInstallation(
      redis(),
    );
    await client.set(`${prefix}type:2`, 'another');
    const clock = new SteppedClock();
    const dividing = newClaims(clock).divide('type', [1, 2], findStored, store);
    for (const _question of [1, 2, 3]) {
      await untilTrue(() => stored.has(1) && clock.sleeping === 1);
      clock.advance(100);
    }
    await untilTrue(() => clock.sleeping === 1);
    stored.add(2);
    await client.del(`${prefix}type:2`);
    clock.advance(100);
    await dividing;
    expect(worked).toEqual([1]);
    expect(clock.sleeping).toBe(0);
  });

  test('that another gave up is taken over', async () => {
    const { newClaims, worked, findStored, store, client, prefix } = newInstallation(redis());
    const life = { expiration: { type: 'PX', value: 300 } } as const;
    await client.set(`${prefix}type:2`, 'dead', life);
    await newClaims().divide('type', [1, 2], findStored, store);
    expect(worked).toEqual([1, 2]);
  });

  test('is tried once by each, when it cannot be done', async () => {
    const { newClaims, findStored } = newInstallation(redis());
    const tried: number[] = [];
    const fail = async (ids: readonly number[]) => void tried.push(...ids);
    await newClaims().divide('type', [1], findStored, fail);
    await newClaims().divide('type', [1], findStored, fail);
    expect(tried).toEqual([1, 1]);
  });
});

onRedis('claims', (redis) => {
  test('live as long as the work, three renewals a life, and die with their process', async () => {
    const { newClaims, client, prefix } = newInstallation(redis());
    const clock = new SteppedClock();
    let finish = () => {};
    const working = newClaims(clock).inTurn(
      'name',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await untilTrue(() => clock.sleeping === 1);
    for (const _renewal of [1, 2]) {
      await client.pExpire(`${prefix}name`, 500);
      clock.advance(LIFE_MS / 3);
      await untilTrue(async () => (await client.pTTL(`${prefix}name`)) > LIFE_MS - 5000);
    }
    expect(await client.pTTL(`${prefix}name`)).toBeLessThanOrEqual(LIFE_MS);
    finish();
    await working;
    expect(clock.sleeping).toBe(0);
  });

  test('of another are neither renewed nor released', async () => {
    const { newClaims, client, prefix } = newInstallation(redis());
    const clock = new SteppedClock();
    await newClaims(clock).inTurn('name', async () => {
      await client.set(`${prefix}name`, 'thief', { expiration: { type: 'PX', value: 20_000 } });
      clock.advance(LIFE_MS / 3);
    });
    expect(await client.get(`${prefix}name`)).toBe('thief');
    expect(await client.pTTL(`${prefix}name`)).toBeLessThanOrEqual(20_000);
  });

  test('that cannot be asked for count as granted', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    onTestFinished(() => connection.close());
    const { logger } = recordLog();
    const { signal } = new AbortController();
    const options = { prefix: '', token: 'token', clock: systemClock, logger, signal };
    const claims = new RedisClaims({ ...options, redis: connection });
    await server.stop();
    const done: number[] = [];
    expect(await claims.inTurn('name', async () => 7)).toBe(7);
    const nothing = async () => new Set<number>();
    await claims.divide('type', [1, 2], nothing, async (ids) => void done.push(...ids));
    expect(done).toEqual([1, 2]);
  });
});

import { expect, test } from 'vitest';
import { LockHeldError, LockLostError } from '../../src/errors.ts';
import type { HeldLock, Lock } from '../../src/lock/lock.ts';

/** A place where a lock is kept, of one test's own. */
interface LockPlace {
  /** A lock on this place, as another run would make it. */
  readonly newLock: () => Lock;
  /** Takes the lock away behind its holder's back. */
  readonly remove: () => Promise<void>;
}

type MakePlace = () => Promise<LockPlace>;

/** What every lock has to do, wherever it is kept. */
export function conformsToLock(makePlace: MakePlace): void {
  isTakenOnce(makePlace);
  noticesItsLoss(makePlace);
  sparesOthers(makePlace);
}

function isTakenOnce(makePlace: MakePlace): void {
  test('a lock that was taken is held', async () => {
    const { newLock } = await makePlace();
    const held = await newLock().acquire();
    await held.assertHeld();
    held.assertNotExpired();
    expect(held.signal.aborted).toBe(false);
    await held.release();
  });

  test('a second taker is refused at once, and the first keeps the lock', async () => {
    const { newLock } = await makePlace();
    const held = await newLock().acquire();
    const startedAt = performance.now();
    await expect(newLock().acquire()).rejects.toBeInstanceOf(LockHeldError);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await held.assertHeld();
    await held.release();
  });

  test('of many takers at once exactly one gets the lock', async () => {
    const { newLock } = await makePlace();
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => newLock().acquire()));
    const winners = taken.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
    const reasons = taken.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    expect(winners).toHaveLength(1);
    for (const reason of reasons) expect(reason).toBeInstanceOf(LockHeldError);
    await Promise.all(winners.map((held) => held.release()));
  });

  test('a lock that was released is free, for others and for the same run', async () => {
    const { newLock } = await makePlace();
    const lock = newLock();
    await (await lock.acquire()).release();
    await (await newLock().acquire()).release();
    await (await lock.acquire()).release();
  });

  test('a released lock cannot be released again', async () => {
    const { newLock } = await makePlace();
    const held = await newLock().acquire();
    await held.release();
    await expect(held.release()).rejects.toBeInstanceOf(Error);
  });
}

function noticesItsLoss(makePlace: MakePlace): void {
  const isLost = async (held: HeldLock) => {
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
    expect(held.signal.aborted).toBe(true);
    expect(held.signal.reason).toBeInstanceOf(LockLostError);
    expect(() => held.assertNotExpired()).toThrow(LockLostError);
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
  };

  test('a lock that was deleted is lost', async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    await remove();
    await isLost(held);
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
  });

  test('the release of a lock that was deleted tells of the loss, and leaves it free', async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    await remove();
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
    await (await newLock().acquire()).release();
  });

  test('a lock that another run has taken since is lost, and stays lost when that is done', async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    await remove();
    const thief = await newLock().acquire();
    await isLost(held);
    await thief.release();
    await isLost(held);
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
  });

  test('whoever listens to the signal hears of the loss', async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    const heard = new Promise<unknown>((resolve) => {
      held.signal.addEventListener('abort', () => resolve(held.signal.reason));
    });
    await remove();
    await held.assertHeld().catch(() => undefined);
    expect(await heard).toBeInstanceOf(LockLostError);
    await held.release().catch(() => undefined);
  });
}

function sparesOthers(makePlace: MakePlace): void {
  const isHeld = async (thief: HeldLock, newLock: () => Lock) => {
    await thief.assertHeld();
    expect(thief.signal.aborted).toBe(false);
    await expect(newLock().acquire()).rejects.toBeInstanceOf(LockHeldError);
  };

  test("releasing a lost lock throws and leaves the other run's lock alone", async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    await remove();
    const thief = await newLock().acquire();
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
    await isHeld(thief, newLock);
    await thief.release();
  });

  test('so does releasing a lock whose loss was noticed, time and again', async () => {
    const { newLock, remove } = await makePlace();
    const held = await newLock().acquire();
    await remove();
    const thief = await newLock().acquire();
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
    await expect(held.release()).rejects.toBeInstanceOf(Error);
    await isHeld(thief, newLock);
    await thief.release();
  });
}

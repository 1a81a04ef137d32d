import { describe, expect, it } from 'vitest';
import { allSettled } from '../../src/pass/concurrency.ts';
import { failureOf } from '../esi/esi-harness.ts';
import { settle } from '../esi/manual-clock.ts';

const FAILURE = new Error('on purpose');

describe('two that go on side by side', () => {
  it('give both results', async () => {
    expect(await allSettled([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
  });

  it('are both awaited when one fails', async () => {
    const order: string[] = [];
    let end = () => {};
    const slow = new Promise<void>((resolve) => {
      end = resolve;
    });
    const failed = failureOf(allSettled([Promise.reject(FAILURE), slow])).then((error) => {
      order.push('failed');
      return error;
    });
    await settle();

    order.push('ended');
    end();

    expect(await failed).toBe(FAILURE);
    expect(order).toEqual(['ended', 'failed']);
  });
});

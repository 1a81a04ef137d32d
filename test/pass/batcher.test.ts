import { describe, expect, it } from 'vitest';
import { Batcher } from '../../src/pass/batcher.ts';
import { settle } from '../esi/manual-clock.ts';

/** A database that takes each batch only when told to. */
class SlowSink {
  readonly batches: (readonly number[])[] = [];
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  atWork = 0;
  mostAtWork = 0;

  readonly flush = async (batch: readonly number[]): Promise<void> => {
    this.batches.push(batch);
    this.atWork += 1;
    this.mostAtWork = Math.max(this.mostAtWork, this.atWork);
    try {
      await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    } finally {
      this.atWork -= 1;
    }
  };

  async finishOne(): Promise<void> {
    this.#waiting.shift()?.resolve();
    await settle();
  }

  async failOne(error: Error): Promise<void> {
    this.#waiting.shift()?.reject(error);
    await settle();
  }
}

const ONE = () => 1;

async function stateOf(promise: Promise<void>): Promise<'waiting' | 'done' | 'failed'> {
  let state: 'waiting' | 'done' | 'failed' = 'waiting';
  promise.then(
    () => {
      state = 'done';
    },
    () => {
      state = 'failed';
    },
  );
  await settle();
  return state;
}

async function failureOf(promise: Promise<void>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a batcher', () => {
  it('hands on a batch that has become old, full or not', async () => {
    const batches: (readonly number[])[] = [];
    let nowMs = 0;
    const flush = async (batch: readonly number[]) => void batches.push(batch);
    const age = { clock: { monotonicMs: () => nowMs }, maxMs: 5000 };
    const batcher = new Batcher<number>(100, ONE, flush, age);

    await batcher.add(1);
    nowMs = 4999;
    await batcher.add(2);
    expect(batches).toEqual([]);
    nowMs = 5000;
    await batcher.add(3);
    nowMs = 9999;
    await batcher.add(4);
    await batcher.finish();

    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('hands on full batches, and the rest at the end', async () => {
    const batches: (readonly number[])[] = [];
    const batcher = new Batcher<number>(3, ONE, async (batch) => {
      batches.push(batch);
    });
    for (const element of [1, 2, 3, 4, 5, 6, 7]) await batcher.add(element);
    await batcher.finish();

    expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('counts rows, not elements', async () => {
    const batches: (readonly number[])[] = [];
    const batcher = new Batcher<number>(
      10,
      (rows) => rows,
      async (batch) => {
        batches.push(batch);
      },
    );
    for (const rows of [4, 4, 4, 25, 1]) await batcher.add(rows);
    await batcher.finish();

    expect(batches).toEqual([[4, 4, 4], [25], [1]]);
  });

  it('hands on nothing when there was nothing', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(3, ONE, sink.flush);

    await batcher.finish();
    await batcher.settled();

    expect(sink.batches).toEqual([]);
  });
});

describe('a batcher before a slow database', () => {
  it('has one batch at work, two that wait, and then makes the fetching side wait', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(1, ONE, sink.flush);
    await batcher.add(1);
    await batcher.add(2);

    const third = batcher.add(3);

    expect(await stateOf(third)).toBe('waiting');
    expect(sink.batches).toEqual([[1]]);
    for (let batch = 0; batch < 3; batch += 1) await sink.finishOne();
    expect(await stateOf(third)).toBe('done');
    expect(sink.batches).toEqual([[1], [2], [3]]);
    expect(sink.mostAtWork).toBe(1);
  });

  it('waits at the end until all is written', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(2, ONE, sink.flush);
    for (const element of [1, 2, 3]) await batcher.add(element);

    const finish = batcher.finish();

    expect(await stateOf(finish)).toBe('waiting');
    await sink.finishOne();
    expect(await stateOf(finish)).toBe('waiting');
    await sink.finishOne();
    expect(await stateOf(finish)).toBe('done');
  });
});

describe('a batch that fails', () => {
  const failure = new Error('the database is gone');

  it('ends the adding soon, however little was at work', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(1, ONE, sink.flush);
    await batcher.add(1);
    await settle();
    await sink.failOne(failure);

    const failures: unknown[] = [];
    for (const element of [2, 3, 4, 5]) failures.push(await failureOf(batcher.add(element)));

    expect(failures.slice(-2)).toEqual([failure, failure]);
    expect(sink.batches).toEqual([[1]]);
  });

  it('fails an add that waits for it', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(1, ONE, sink.flush);
    await batcher.add(1);
    await batcher.add(2);
    const third = failureOf(batcher.add(3));
    await settle();
    await sink.failOne(failure);

    expect(await third).toBe(failure);
    expect(sink.batches).toEqual([[1]]);
  });

  it('fails the end, and no batch after it is written', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(1, ONE, sink.flush);
    await batcher.add(1);
    await batcher.add(2);
    await settle();
    await sink.failOne(failure);

    expect(await failureOf(batcher.finish())).toBe(failure);
    expect(await failureOf(batcher.finish())).toBe(failure);
    expect(sink.batches).toEqual([[1]]);
  });

  it('is no unhandled rejection, and does not fail who only waits for quiet', async () => {
    const sink = new SlowSink();
    const batcher = new Batcher<number>(1, ONE, sink.flush);
    await batcher.add(1);
    await settle();
    const settled = batcher.settled();
    expect(await stateOf(settled)).toBe('waiting');
    await sink.failOne(failure);

    expect(await stateOf(settled)).toBe('done');
  });
});

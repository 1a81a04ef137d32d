import { describe, expect, it } from 'vitest';
import { isFirstShard, parseShard, shardName, shareOf } from '../../src/sharding/shard.ts';

describe('a shard', () => {
  it.each([
    ['0/3', { index: 0, count: 3 }],
    ['2/3', { index: 2, count: 3 }],
    ['3/3', { index: 0, count: 3 }],
    [' 1/2 ', { index: 1, count: 2 }],
    ['100/100', { index: 0, count: 100 }],
    ['0/1', 'unsharded'],
    ['1/1', 'unsharded'],
  ])('is read from "%s"', (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
  });

  it.each(['', '3', '/3', '1/', '4/3', '-1/3', '1/0', '0/0', '1/101', '1.5/3', '1/3/5', 'a/b'])(
    'is not read from "%s"',
    (text) => {
      expect(parseShard(text)).toBeUndefined();
    },
  );

  it('is called the same, whether counted from 0 or from 1', () => {
    const fromZero = ['0/4', '1/4', '2/4', '3/4'];
    const fromOne = ['1/4', '2/4', '3/4', '4/4'];
    const names = (texts: readonly string[]) =>
      texts.map((text) => {
        const shard = parseShard(text);
        return typeof shard === 'object' ? shardName(shard) : text;
      });

    expect(names(fromZero)).toEqual(fromZero);
    expect(names(fromOne).sort()).toEqual(fromZero);
  });

  it('does what one alone should do when it is the first, or the only one', () => {
    expect(isFirstShard(undefined)).toBe(true);
    expect(isFirstShard({ index: 0, count: 2 })).toBe(true);
    expect(isFirstShard({ index: 1, count: 2 })).toBe(false);
  });

  it.each([
    [32, 3, 10],
    [32, 2, 16],
    [2, 3, 1],
  ])('has of %d, among %d, %d', (total, count, share) => {
    expect(shareOf(total, { index: 0, count })).toBe(share);
    expect(shareOf(total, undefined)).toBe(total);
  });
});

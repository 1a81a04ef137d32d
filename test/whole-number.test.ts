import { describe, expect, it } from 'vitest';
import { idIn, wholeNumber } from '../src/whole-number.ts';

describe('a whole number', () => {
  it.each([
    ['0', 0],
    ['007', 7],
    ['2147483647', 2_147_483_647],
  ])('%s is read', (text, value) => {
    expect(wholeNumber(text)).toBe(value);
  });

  it.each(['', ' 5', '5 ', '-1', '+1', '1.5', '1e2', '0x10', '2147483648', undefined])(
    'is not %j',
    (text) => {
      expect(wholeNumber(text)).toBeUndefined();
    },
  );

  it('lies in its bounds, which belong to it', () => {
    const read = ['1', '2', '4', '5'].map((text) => wholeNumber(text, 2, 4));

    expect(read).toEqual([undefined, 2, 4, undefined]);
  });
});

describe('an id', () => {
  it('is a whole number above 0', () => {
    expect(['10000002', '0', 'The Forge'].map(idIn)).toEqual([10_000_002, undefined, undefined]);
  });
});

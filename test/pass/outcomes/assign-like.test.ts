import { expect, it } from 'vitest';
import type { Likeness } from '../../../src/database/tables/outcomes.ts';
import { assignLike } from '../../../src/pass/outcomes/assign-like.ts';

const pair = (contractId: number, later: number, successorOf: number[] = []): Likeness => ({
  contractId,
  successor: { contractId: later, by: 'items', price: 1 },
  successorOf,
});

function assigned(pairs: readonly Likeness[], taken: readonly number[] = []) {
  const found = assignLike(pairs, new Set(taken));
  return found.map(({ contractId, successor }) => [contractId, successor.contractId]);
}

it('of three equal contracts and two like them, two were listed again', () => {
  const pairs = [1, 2, 3].flatMap((ended) => [pair(ended, 11), pair(ended, 12)]);
  expect(assigned(pairs)).toEqual([
    [1, 11],
    [2, 12],
  ]);
});

it('a contract that holds the very item of another follows no other', () => {
  expect(assigned([pair(1, 11), pair(1, 12)], [11])).toEqual([[1, 12]]);
});

it('what follows one of before follows it alone, and goes on doing so', () => {
  expect(assigned([pair(2, 11, [1])])).toEqual([]);
  expect(assigned([pair(1, 11, [1])])).toEqual([[1, 11]]);
});

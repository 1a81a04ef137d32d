import { describe, expect, it } from 'vitest';
import { divisionIsDone, type PlannedRun } from '../../src/sharding/plan.ts';

function ended(shard: string, outcome = 'complete'): PlannedRun {
  return { shard, isFinished: true, outcome };
}

const AT_WORK: PlannedRun = { shard: '2/3', isFinished: false, outcome: null };
const [FIRST, SECOND, THIRD] = ['0/3', '1/3', '2/3'].map((shard) => ended(shard)) as [
  PlannedRun,
  PlannedRun,
  PlannedRun,
];

describe('the regions are divided anew', () => {
  it.each([
    ['when every shard has been through', [FIRST, SECOND, THIRD]],
    ['also when some failed on the way', [FIRST, ended('1/3', 'partial'), THIRD]],
    ['also after a second try', [FIRST, SECOND, ended('2/3', 'interrupted'), THIRD]],
    ['for another number of shards', [ended('0/2')]],
  ])('%s', (_when, runs) => {
    expect(divisionIsDone(runs, 3)).toBe(true);
  });
});

describe('the regions stay divided as they are', () => {
  it.each([
    ['while a shard has not begun', [FIRST, SECOND]],
    ['while a shard is at work', [FIRST, SECOND, AT_WORK]],
    ['while a shard is at work again', [FIRST, SECOND, THIRD, AT_WORK]],
    ['when a shard was only through twice', [FIRST, SECOND, SECOND]],
    ['until a shard that was stopped has been through', [FIRST, SECOND, ended('2/3', 'failed')]],
    ['until a shard that died has been through', [FIRST, SECOND, ended('2/3', 'interrupted')]],
  ])('%s', (_when, runs) => {
    expect(divisionIsDone(runs, 3)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { type ArchiveSource, sampled } from '../../src/archive/archive-source.ts';
import type { RegionReach } from '../../src/database/tables/imported-contracts.ts';
import { findEnds } from '../../src/importing/region-ends.ts';
import { modeOf } from '../../src/importing/region-mode.ts';

const at = (text: string) => new Date(`2026-09-${text}:00Z`);
const NOTHING: RegionReach = { snapshot: null, archive: null, history: null };

describe('the listing of an archive', () => {
  it.each<[string, RegionReach, unknown]>([
    ['of a region that nobody has read', NOTHING, { kind: 'newer', isBaseline: true }],
    [
      'half an hour after an archive',
      { ...NOTHING, archive: at('08T17:30') },
      { kind: 'newer', isBaseline: false },
    ],
    [
      'half an hour after a pass',
      { ...NOTHING, snapshot: at('08T17:30') },
      { kind: 'newer', isBaseline: false },
    ],
    [
      'two days after a pass',
      { ...NOTHING, snapshot: at('06T17:30') },
      { kind: 'newer', isBaseline: true },
    ],
    ['from before a pass', { ...NOTHING, snapshot: at('09T00:00') }, { kind: 'history' }],
    [
      'after others from before a pass',
      { snapshot: at('09T00:00'), archive: null, history: at('08T17:00') },
      { kind: 'history' },
    ],
    [
      'before others from before a pass',
      { snapshot: at('09T00:00'), archive: null, history: at('08T18:00') },
      { kind: 'old' },
    ],
    [
      'before another archive, without a pass',
      { ...NOTHING, archive: at('08T18:30') },
      { kind: 'old' },
    ],
    ['of an archive that was imported', { ...NOTHING, archive: at('08T18:00') }, { kind: 'old' }],
    [
      'between a pass and an archive',
      { snapshot: at('08T12:00'), archive: at('08T20:00'), history: null },
      { kind: 'old' },
    ],
  ])('%s', (_, reach, mode) => {
    expect(modeOf(at('08T18:00'), reach)).toEqual(mode);
  });
});

const LISTED_AT = at('08T18:00');

function openEnd(contractId: number, { wasMissed = false, hours = 24 } = {}) {
  return { contractId, expiresMs: LISTED_AT.getTime() + hours * 3_600_000, wasMissed };
}

function endsOf(open: ReturnType<typeof openEnd>[], listed: number[], unreadableRows = 0) {
  const { gone, missed, shown, isDoubtful } = findEnds(open, {
    listedIds: new Set(listed),
    unreadableRows,
    listedAt: LISTED_AT,
  });
  const idsOf = (ends: readonly { contractId: number }[]) =>
    ends.map(({ contractId }) => contractId);
  return {
    gone: gone.map(({ contractId, status }) => [contractId, status]),
    missed: idsOf(missed),
    shown: idsOf(shown),
    isDoubtful,
  };
}

const QUIET = { gone: [], missed: [], shown: [], isDoubtful: false };

describe('what an archive lacks', () => {
  it('has not ended, the first time', () => {
    expect(endsOf([openEnd(1), openEnd(2)], [2])).toEqual({ ...QUIET, missed: [1] });
  });

  it('has ended the second time, by its time or before', () => {
    const open = [openEnd(1, { wasMissed: true }), openEnd(2, { wasMissed: true, hours: -1 })];
    expect(endsOf(open, [3])).toEqual({
      ...QUIET,
      gone: [
        [1, 'closed'],
        [2, 'expired'],
      ],
    });
  });

  it('has not ended when it is shown again', () => {
    expect(endsOf([openEnd(1, { wasMissed: true })], [1])).toEqual({ ...QUIET, shown: [1] });
  });

  it('proves nothing where most is missing, or a row may be anything', () => {
    const many = Array.from({ length: 100 }, (_, id) => openEnd(id + 1, { wasMissed: true }));
    expect(endsOf(many, [1, 2, 3])).toEqual({ ...QUIET, shown: [1, 2, 3], isDoubtful: true });
    expect(endsOf([openEnd(1, { wasMissed: true })], [2], 1)).toEqual(QUIET);
  });

  it('proves nothing above the end of a listing that is full', () => {
    const full = Array.from({ length: 35_000 }, (_, index) => index + 10);
    const open = [openEnd(1, { wasMissed: true }), openEnd(90_000, { wasMissed: true })];
    expect(endsOf(open, full)).toEqual({ ...QUIET, gone: [[1, 'closed']] });
  });
});

describe('a sample of archives', () => {
  it('has the first of each span, and those whose names tell no time', () => {
    const source = (name: string, takenAt?: Date) => ({ name, takenAt }) as ArchiveSource;
    const sources = [
      source('a', at('08T00:00')),
      source('b', at('08T00:30')),
      source('c', at('08T06:30')),
      source('d', at('08T11:30')),
      source('e', at('08T12:00')),
      source('latest'),
    ];
    const names = sampled(sources, 6 * 3_600_000).map(({ name }) => name);
    expect(names).toEqual(['a', 'c', 'e', 'latest']);
  });
});

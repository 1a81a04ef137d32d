import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Wait } from '../../src/esi/limits/wait.ts';
import { type ProgressState, progressLine } from '../../src/terminal/progress-line.ts';

const STATE: ProgressState = {
  regions: 12,
  regionsDone: 3,
  contractsDone: 1234,
  contractsExpected: 5678,
  isAllKnown: true,
  perSecond: 45.4,
  timeLeftMs: 97_800,
  wait: undefined,
};
const NOW_MS = 5000;
const REASONS = ['errorBudget', 'pause', 'tokens', 'listing', 'retry'] as const;

function lineOf(state: Partial<ProgressState>, columns: number | undefined = 80) {
  return progressLine({ ...STATE, ...state }, { columns, hasColors: false }, NOW_MS);
}

function waitFor(seconds: number, wait: Partial<Wait> = {}) {
  return { wait: { reason: 'errorBudget', untilMs: NOW_MS + seconds * 1000, ...wait } } as const;
}

describe('the line of progress', () => {
  it.each([
    [120, '[====                  ] 1,234/5,678 contracts, 3/12 regions, 45/s, 1 min 38 s left'],
    [80, '[===           ] 1,234/5,678 contracts, 3/12 regions, 45/s, 1 min 38 s left'],
    [60, '[=     ] 1,234/5,678, 3/12 regions, 45/s, 1 min 38 s left'],
    [50, '[=     ] 1,234/5,678, 45/s, 1 min 38 s left'],
    [40, '1,234/5,678, 45/s, 1 min 38 s left'],
    [24, '[=     ] 1,234/5,678'],
    [10, '1,234/5'],
  ])('at %i columns', (columns, line) => {
    expect(lineOf({}, columns)).toBe(line);
  });

  it.each([
    { when: 'the regions are not known', state: { regions: undefined }, end: 'getting ready' },
    { when: 'more may come', state: { timeLeftMs: undefined }, end: '45/s, time left unknown' },
    {
      when: 'there is no rate yet',
      state: { perSecond: undefined },
      end: 'regions, 1 min 38 s left',
    },
    {
      when: 'more will be told',
      state: { isAllKnown: false },
      end: '/5,678\\+ contracts, 3/12 regions, 45/s, at least 1 min 38 s left',
    },
    { when: 'it is slow', state: { perSecond: 0.44 }, end: '0.4/s, 1 min 38 s left' },
    {
      when: 'nothing goes on',
      state: { perSecond: 0, timeLeftMs: undefined },
      end: ' 0/s, time left unknown',
    },
  ])('when $when', ({ state, end }) => {
    expect(lineOf(state, 120)).toMatch(new RegExp(`${end}$`));
  });

  it.each([
    { wait: waitFor(12), end: 'waiting: ESI error budget, 12 s' },
    {
      wait: waitFor(29.2, { reason: 'pause', status: 429 }),
      end: 'waiting: ESI asks for a pause (429), 30 s',
    },
    { wait: waitFor(61, { reason: 'pause' }), end: 'waiting: ESI asks for a pause, 1 min 1 s' },
    { wait: waitFor(3, { reason: 'tokens' }), end: 'waiting: ESI rate limit, 3 s' },
    { wait: waitFor(3, { reason: 'listing' }), end: 'waiting: next listing of ESI, 3 s' },
    { wait: waitFor(1, { reason: 'retry' }), end: 'waiting: a retry, 1 s' },
  ])('says $end', ({ wait, end }) => {
    expect(lineOf(wait, 120).split(' regions, ')[1]).toBe(end);
  });

  it.each([
    [80, 'waiting: ESI error budget, 12 s'],
    [40, 'waiting: ESI error budget, 12 s'],
    [30, 'ESI error budget, 12 s'],
  ])('keeps what is waited for to the end: at %i columns', (columns, end) => {
    expect(lineOf(waitFor(12), columns)).toContain(end);
  });

  it('says what is waited for before the regions are known', () => {
    const state = { ...waitFor(12), regions: undefined };

    expect(lineOf(state)).toBe('getting ready, waiting: ESI error budget, 12 s');
    expect(lineOf(state, 40)).toBe('ESI error budget, 12 s');
  });

  it('shows the share of the regions where no contract is to be done', () => {
    const state = { contractsDone: 0, contractsExpected: 0, regionsDone: 6, perSecond: undefined };

    expect(lineOf({ ...state, timeLeftMs: undefined })).toBe(
      '[===========           ] 0/0 contracts, 6/12 regions, time left unknown',
    );
  });

  it('takes a terminal that does not tell its size for a usual one', () => {
    const show = { columns: undefined, hasColors: false };

    expect(progressLine(STATE, show, NOW_MS)).toBe(lineOf({}, 80));
  });

  it('never gets wider than the terminal, with place for an echoed ^C', () => {
    const waits = REASONS.map((reason) => waitFor(899, { reason, status: 503 }));
    for (const wait of [{}, { timeLeftMs: undefined }, { regions: undefined }, ...waits]) {
      for (let columns = 4; columns < 140; columns += 1) {
        expect(lineOf(wait, columns).length).toBeLessThanOrEqual(columns - 3);
      }
    }
  });

  it('has its colours beside the width', () => {
    for (const wait of [{}, waitFor(12)]) {
      const colored = progressLine({ ...STATE, ...wait }, { columns: 80, hasColors: true }, NOW_MS);

      expect(colored).not.toBe(lineOf(wait));
      expect(stripVTControlCharacters(colored)).toBe(lineOf(wait));
    }
  });
});

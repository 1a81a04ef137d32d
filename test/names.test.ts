import { describe, expect, it } from 'vitest';
import { didYouMean, meant, namesakes, nearestNames } from '../src/names.ts';

const REGIONS = ['The Forge', 'Domain', 'The Citadel', 'Sinq Laison', 'The Bleak Lands'];
const TYPES = [
  { id: 587, name: 'Rifter' },
  { id: 691, name: 'Rifter Blueprint' },
  { id: 638, name: 'Raven' },
  { id: 1, name: 'Twin' },
  { id: 2, name: 'Twin' },
];

describe('a name', () => {
  it('is that of all that are called so, whatever the case', () => {
    expect(namesakes('RAVEN', TYPES).map(({ id }) => id)).toEqual([638]);
    expect(namesakes('twin', TYPES).map(({ id }) => id)).toEqual([1, 2]);
    expect(namesakes('rift', TYPES)).toEqual([]);
  });

  it('that only begins may stand for the whole one where there is but one', () => {
    expect(meant('rav', TYPES).map(({ id }) => id)).toEqual([638]);
    expect(meant('rifter b', TYPES).map(({ id }) => id)).toEqual([691]);
    expect(meant('rif', TYPES)).toEqual([]);
    expect(meant('aven', TYPES)).toEqual([]);
  });
});

describe('the nearest names', () => {
  it.each([
    { wanted: 'the forg', near: 'The Forge' },
    { wanted: 'Teh Forge', near: 'The Forge' },
    { wanted: 'Citadel', near: 'The Citadel' },
    { wanted: 'sinq lasion', near: 'Sinq Laison' },
    { wanted: ' domian ', near: 'Domain' },
  ])('begin with what was meant: $wanted', ({ wanted, near }) => {
    expect(nearestNames(wanted, REGIONS)[0]).toBe(near);
  });

  it.each(['Jita', 'xyzzy', '', '   '])('are none for "%s"', (wanted) => {
    expect(nearestNames(wanted, REGIONS)).toEqual([]);
    expect(didYouMean(wanted, REGIONS)).toBe('');
  });

  it('that hold what was written come first, the shortest of them at the front; five at most', () => {
    const names = ['Rift', 'Drifter Key', 'Rifter', 'Rifter Blueprint', 'Rifter Skin', 'A Rifter'];

    expect(nearestNames('rifter', names)).toEqual([
      'Rifter',
      'A Rifter',
      'Drifter Key',
      'Rifter Skin',
      'Rifter Blueprint',
    ]);
  });

  it('make a question', () => {
    expect(didYouMean('the forg', REGIONS)).toBe(' (did you mean "The Forge"?)');
    expect(didYouMean('the', ['The A', 'The B', 'The C'])).toBe(
      ' (did you mean "The A", "The B" or "The C"?)',
    );
  });
});

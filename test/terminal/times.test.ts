import { expect, it } from 'vitest';
import { minuteOf, timeAgo } from '../../src/terminal/times.ts';

it('a time is told to the minute, in UTC', () => {
  expect(minuteOf(new Date('2026-09-15T12:00:59+02:00'))).toBe('2026-09-15 10:00');
});

it.each([
  ['2026-09-15T10:00:30Z', '0 min ago'],
  ['2026-09-15T08:01:00Z', '119 min ago'],
  ['2026-09-15T07:00:00Z', '3 h ago'],
  ['2026-09-11T10:00:00Z', '4 d ago'],
  ['2026-09-15T11:00:00Z', '0 min ago'],
])('%s was %s', (time, text) => {
  expect(timeAgo(new Date(time), new Date('2026-09-15T10:00:00Z'))).toBe(text);
});

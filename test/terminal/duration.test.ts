import { expect, it } from 'vitest';
import { formatDuration, formatSeconds, formatTimeLeft } from '../../src/terminal/duration.ts';

it.each([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [12_345, '12.3 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [60_000, '1 min'],
  [125_400, '2 min 5 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_500, '1 h'],
  [3_900_000, '1 h 5 min'],
])('%i ms took %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

it.each([
  [-5, '1 s'],
  [0, '1 s'],
  [1000, '1 s'],
  [1001, '2 s'],
  [59_001, '1 min'],
  [119_001, '2 min'],
  [7_260_000, '2 h 1 min'],
])('%i ms are left: %s', (milliseconds, text) => {
  expect(formatTimeLeft(milliseconds)).toBe(text);
});

it.each([
  [449, '0.4 s'],
  [754_321, '754.3 s'],
])('%i ms are exactly %s', (milliseconds, text) => {
  expect(formatSeconds(milliseconds)).toBe(text);
});

import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { count, duration, isk, list } from '../../src/cli/parsers.ts';

const MINUTE_MS = 60_000;

describe('a list', () => {
  it.each([
    { text: '1', parts: ['1'] },
    { text: '1,2', parts: ['1', '2'] },
    { text: 'The Forge, Domain', parts: ['The Forge', 'Domain'] },
    { text: '  10000002 ', parts: ['10000002'] },
  ])('is parted by commas: "$text"', ({ text, parts }) => {
    expect(list(text)).toEqual(parts);
  });

  it.each(['', ',', '1,', ',1', '1,,2', ' '])('has no empty part: "%s"', (text) => {
    expect(() => list(text)).toThrow(InvalidArgumentError);
  });

  it('of choices has no other words', () => {
    expect(list('loan,auction', ['auction', 'loan'])).toEqual(['loan', 'auction']);
    expect(() => list('auction,gift', ['auction', 'loan'])).toThrow('auction, loan');
  });
});

describe('a duration', () => {
  it.each([
    { text: '500ms', milliseconds: 500 },
    { text: '90s', milliseconds: 90_000 },
    { text: '45m', milliseconds: 45 * MINUTE_MS },
    { text: '1.5h', milliseconds: 90 * MINUTE_MS },
    { text: '2 hours', milliseconds: 120 * MINUTE_MS },
    { text: '1d', milliseconds: 1440 * MINUTE_MS },
  ])('of "$text" is $milliseconds ms', ({ text, milliseconds }) => {
    expect(duration(text)).toBe(milliseconds);
  });

  it.each(['', '45', '5.5', '.5', '5 ', '0', '0m', '-5m', 'soon', '10x', '1h30m', ' ', 'NaN'])(
    'is not "%s"',
    (text) => {
      expect(() => duration(text)).toThrow(InvalidArgumentError);
    },
  );

  it('is not endless', () => {
    expect(() => duration('Infinity')).toThrow(InvalidArgumentError);
  });
});

describe('a whole number', () => {
  it.each([
    { text: '0', value: 0 },
    { text: '1', value: 1 },
    { text: '999999999', value: 999_999_999 },
  ])('is $text', ({ text, value }) => {
    expect(count(text)).toBe(value);
  });

  it.each(['', '-1', '1.5', 'all', '9999999999', '1e3', ' 1'])('is not "%s"', (text) => {
    expect(() => count(text)).toThrow(InvalidArgumentError);
  });
});

describe('an amount of ISK', () => {
  it.each([
    { text: '0', value: 0 },
    { text: '5000000', value: 5e6 },
    { text: '0.01', value: 0.01 },
    { text: '1.5e9', value: 1.5e9 },
    { text: '250k', value: 250_000 },
    { text: '100m', value: 1e8 },
    { text: '1.5B', value: 1.5e9 },
  ])('is "$text"', ({ text, value }) => {
    expect(isk(text)).toBe(value);
  });

  it.each(['', 'm', '1q', '-1', 'cheap', '1e18', 'Infinity', '1.5.5m'])('is not "%s"', (text) => {
    expect(() => isk(text)).toThrow(InvalidArgumentError);
  });
});

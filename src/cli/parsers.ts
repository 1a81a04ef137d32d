import { InvalidArgumentError } from 'commander';
import ms from 'ms';
import { wholeNumber } from '../whole-number.ts';

/**
 * Texts that commas part.
 *
 * @param choices those that are understood; any when missing
 * @throws InvalidArgumentError for an empty one, or one that is not understood
 */
export function list(text: string, choices?: readonly string[]): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('An empty name or id was given.');
  if (choices === undefined || parts.every((part) => choices.includes(part))) return parts;
  throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
}

/** `45m` → milliseconds. @throws InvalidArgumentError without a unit, and for 0 */
export function duration(text: string): number {
  const hasUnit = /^\d+(\.\d+)?\s?[a-z]+$/i.test(text);
  const milliseconds = hasUnit ? ms(text as ms.StringValue) : undefined;
  if (milliseconds === undefined || !(milliseconds > 0)) {
    throw new InvalidArgumentError('Expected a duration with its unit, such as 90s, 45m or 2h.');
  }
  return milliseconds;
}

/** 0 to 999,999,999. @throws InvalidArgumentError for anything else */
export function count(text: string): number {
  const value = wholeNumber(text, 0, 999_999_999);
  if (value === undefined) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

/** ISK as players write it: `1.5e9`, `100m`, `1.5b`. @throws InvalidArgumentError for no amount */
export function isk(text: string): number {
  const [, number = text, unit = ''] = /^([\d.]+)([kmb])$/i.exec(text) ?? [];
  const zeros = { k: 'e3', m: 'e6', b: 'e9' }[unit.toLowerCase()] ?? '';
  const value = Number(number + zeros);
  if (number !== '' && value >= 0 && value < 1e18) return value;
  throw new InvalidArgumentError('Expected an amount of ISK, such as 5000000, 5m or 1.5b.');
}

/** 0 to 36,500. @throws InvalidArgumentError for anything else */
export function days(text: string): number {
  const value = wholeNumber(text, 0, 36_500);
  if (value === undefined) throw new InvalidArgumentError('Expected a number of days to 36500.');
  return value;
}

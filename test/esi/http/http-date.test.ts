import { describe, expect, it } from 'vitest';
import { parseHttpDate } from '../../../src/esi/http/http-date.ts';

describe('the date of a header', () => {
  it('is read to the second', () => {
    expect(parseHttpDate('Tue, 08 Sep 2026 12:34:56 GMT')).toBe(Date.UTC(2026, 8, 8, 12, 34, 56));
  });

  it.each([undefined, '', 'garbage', 'Infinity', 'Tue, 99 Sep 2026 12:34:56 GMT'])(
    'is none for %j',
    (text) => {
      expect(parseHttpDate(text)).toBeUndefined();
    },
  );
});

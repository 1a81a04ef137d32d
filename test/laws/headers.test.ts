import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { parseHttpDate } from '../../src/esi/http/http-date.ts';
import { readPageCount } from '../../src/esi/http/page-count.ts';
import { findFault, parseJson } from '../../src/esi/http/response-shape.ts';
import { parseBucketLimit } from '../../src/esi/limits/limits.ts';
import { parseRetryAfter } from '../../src/esi/limits/pauses.ts';
import { wireTexts } from '../support/hostile-texts.ts';
import { law } from '../support/laws.ts';

const SECOND_MS = 1000;
const FIRST_MS = Date.UTC(1970, 0, 1);
const LAST_MS = Date.UTC(9999, 11, 31);

/** Any text, and such as look like what a header holds. */
const headerTexts = fc.oneof(
  fc.string(),
  wireTexts,
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toUTCString())),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const times = fc.integer({ min: FIRST_MS / SECOND_MS, max: LAST_MS / SECOND_MS });

describe('a header', () => {
  law(
    'that tells a time is read to the second, whatever the time',
    fc.property(times, (seconds) => {
      const text = new Date(seconds * SECOND_MS).toUTCString();

      expect(parseHttpDate(text)).toBe(seconds * SECOND_MS);
    }),
  );

  law(
    'is a time that can be computed with, or none',
    fc.property(headerTexts, (text) => {
      const ms = parseHttpDate(text);

      expect(ms === undefined || Number.isSafeInteger(ms)).toBe(true);
    }),
  );

  law(
    'is a number of pages that can be read, or none',
    fc.property(headerTexts, (text) => {
      const pages = readPageCount({ 'x-pages': text }) ?? 1;

      expect(Number.isInteger(pages) && pages >= 1 && pages <= 1000).toBe(true);
    }),
  );

  law(
    'asks for a wait that ends, or for none',
    fc.property(headerTexts, headerTexts, (text, date) => {
      const waitMs = parseRetryAfter(text, date) ?? 0;

      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(900_000);
    }),
  );

  law(
    'is a limit of tokens by a time, or none',
    fc.property(headerTexts, headerTexts, fc.constantFrom('s', 'm', 'h'), (tokens, time, unit) => {
      const { maxTokens, windowMs } = parseBucketLimit(`${tokens}/${time}${unit}`) ?? {
        maxTokens: 1,
        windowMs: 1,
      };

      expect(maxTokens > 0 && Number.isSafeInteger(maxTokens)).toBe(true);
      expect(windowMs > 0 && Number.isSafeInteger(windowMs)).toBe(true);
    }),
  );
});

describe('a body', () => {
  law(
    'is the JSON that it says, or none',
    fc.property(fc.oneof(wireTexts, fc.json()), (text) => {
      const value = parseJson(text);

      if (value !== undefined) expect(parseJson(JSON.stringify(value))).toEqual(value);
    }),
  );

  law(
    'without fault is of its shape, and a page has the headers that paging needs',
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('array', 'object', 'page'),
      fc.record({ 'x-pages': headerTexts, 'last-modified': headerTexts }, { requiredKeys: [] }),
      (json, shape, headers) => {
        if (findFault(200, json, headers, { shape }) !== undefined) return;

        expect(Array.isArray(json)).toBe(shape !== 'object');
        expect(typeof json === 'object' && json !== null).toBe(true);
        if (shape !== 'page') return;
        expect(readPageCount(headers)).toBeDefined();
        expect(parseHttpDate(headers['last-modified'])).toBeDefined();
      },
    ),
  );
});

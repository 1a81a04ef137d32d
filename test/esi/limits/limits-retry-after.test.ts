import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../../src/esi/limits/pauses.ts';
import { answer } from './limit-answers.ts';

const DATE = 'Tue, 08 Sep 2026 12:00:00 GMT';

describe('a pause after 429', () => {
  it.each(['-5', '1.5'])('lasts 10 s when Retry-After is no number of seconds: %s', (text) => {
    const headers = { 'retry-after': text, date: DATE };

    expect(pauseAfter(answer({ status: 429, headers }))).toBe(10_000);
  });
});

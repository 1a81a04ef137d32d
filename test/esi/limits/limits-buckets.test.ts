import { describe, expect, it } from 'vitest';
import { EsiLimits, parseBucketLimit } from '../../../src/esi/limits/limits.ts';
import { answer, ROUTE, tokens } from './limit-answers.ts';

/** 150 tokens in 15 minutes, two a request: a request every 12 s keeps the bucket level. */
const STEADY_MS = 12_000;
/** As long as the five tokens of a failure take to come back. */
const REFILL_MS = 30_000;

function limitsAfter(...answers: readonly ReturnType<typeof answer>[]): EsiLimits {
  const limits = new EsiLimits();
  for (const one of answers) limits.observe(one, 0);
  return limits;
}

describe('a token bucket', () => {
  it('that is full admits requests, as far as all in flight could fail', () => {
    const limits = limitsAfter(tokens(150));

    expect(limits.admit(ROUTE, 0, 0)).toBe('admitted');
    expect(limits.admit(ROUTE, 24, 0)).toBe('admitted');
    expect(limits.admit(ROUTE, 25, 0)).toBe('busy');
  });

  it('that is low is used one by one, as fast as tokens come back', () => {
    const limits = limitsAfter(tokens(29));

    expect(limits.admit(ROUTE, 1, 0)).toBe('busy');
    expect(limits.admit(ROUTE, 0, 0)).toBe('admitted');
    expect(limits.admit(ROUTE, 0, 0)).toEqual({ reason: 'tokens', waitMs: STEADY_MS });
    expect(limits.admit(ROUTE, 0, STEADY_MS)).toBe('admitted');
  });

  it('that is low keeps its pace when an answer comes', () => {
    const limits = limitsAfter(tokens(20));
    limits.admit(ROUTE, 0, 0);
    limits.observe(tokens(18), 500);

    expect(limits.admit(ROUTE, 0, 500)).toEqual({ reason: 'tokens', waitMs: STEADY_MS - 500 });
  });

  it('that has too little for one failure is left alone', () => {
    expect(limitsAfter(tokens(5)).admit(ROUTE, 0, 0)).toBe('admitted');
    expect(limitsAfter(tokens(4)).admit(ROUTE, 0, 0)).toEqual({
      reason: 'tokens',
      waitMs: REFILL_MS,
    });
    expect(limitsAfter(tokens(4)).admit(ROUTE, 0, REFILL_MS)).toBe('admitted');
  });

  it('that has filled again is used as before', () => {
    const limits = limitsAfter(tokens(10), tokens(120));

    expect(limits.admit(ROUTE, 3, 0)).toBe('admitted');
  });

  it('is shared by the routes of its group, and by no other', () => {
    const limits = limitsAfter(
      tokens(0, '150/15m', 'contracts', 'one'),
      tokens(0, '150/15m', 'contracts', 'two'),
      tokens(150, '150/15m', 'other', 'three'),
    );

    expect(limits.admit('one', 0, 0)).toEqual({ reason: 'tokens', waitMs: REFILL_MS });
    expect(limits.admit('two', 0, 0)).toEqual({ reason: 'tokens', waitMs: REFILL_MS });
    expect(limits.admit('three', 0, 0)).toBe('admitted');
    expect(limits.admit('four', 0, 0)).toBe('admitted');
  });

  it.each([
    { without: 'group', headers: { 'x-ratelimit-limit': '150/15m', 'x-ratelimit-remaining': '0' } },
    { without: 'limit', headers: { 'x-ratelimit-group': 'g', 'x-ratelimit-remaining': '0' } },
    { without: 'remaining', headers: { 'x-ratelimit-group': 'g', 'x-ratelimit-limit': '150/15m' } },
    {
      without: 'readable remaining',
      headers: {
        'x-ratelimit-group': 'g',
        'x-ratelimit-limit': '150/15m',
        'x-ratelimit-remaining': '-7',
      },
    },
  ])('is none without $without', ({ headers }) => {
    const limits = limitsAfter(answer({ headers }));

    expect(limits.admit(ROUTE, 0, 0)).toBe('admitted');
    expect(limits.admit(ROUTE, 50, 0)).toBe('admitted');
  });
});

describe('the limit of a bucket', () => {
  it.each([
    { text: '150/15m', maxTokens: 150, windowMs: 900_000 },
    { text: '12000/15m', maxTokens: 12_000, windowMs: 900_000 },
    { text: '20/10s', maxTokens: 20, windowMs: 10_000 },
    { text: '600/1h', maxTokens: 600, windowMs: 3_600_000 },
    { text: ' 600/1h ', maxTokens: 600, windowMs: 3_600_000 },
  ])('is read from "$text"', ({ text, maxTokens, windowMs }) => {
    expect(parseBucketLimit(text)).toEqual({ maxTokens, windowMs });
  });

  it.each([
    undefined,
    '',
    '150',
    '150/15',
    '150/m',
    '150/15d',
    '0/15m',
    '150/0m',
    '-150/15m',
    '1.5/15m',
    '150/15m, 10/1s',
    'many/15m',
  ])('cannot be read from %j', (text) => {
    expect(parseBucketLimit(text)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { secretsOfUrl } from '../src/config.ts';

describe('the secrets of a URL', () => {
  it.each([
    { url: 'postgres://u@h/d?password=p%40ss', secrets: ['p%40ss', 'p@ss'] },
    { url: 'postgres://u:a|b%40c@h/d', secrets: ['a|b%40c', 'a|b@c'] },
  ])('of $url are all its spellings', ({ url, secrets }) => {
    expect(secretsOfUrl(url)).toEqual(expect.arrayContaining(secrets));
  });
});

import { describe, expect, it } from 'vitest';
import { findFault, parseJson } from '../../src/esi/response-shape.ts';

const PAGE_HEADERS = { 'x-pages': '2', 'last-modified': 'Tue, 08 Sep 2026 12:00:00 GMT' };

describe('a body', () => {
  it.each(['[1]', '{"a":[null]}', 'null', '"text"', '7', ' [1] '])('%s is JSON', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '<html>', '[1', '{"a":1}}', 'undefined', '\u0000'])('%j is no JSON', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });
});

describe('an answer', () => {
  it.each([
    { shape: 'object', json: {} },
    { shape: 'object', json: { name: 'Gila' } },
    { shape: 'array', json: [] },
    { shape: 'array', json: [1] },
    { shape: 'page', json: [] },
  ] as const)('$json is of the shape "$shape"', ({ shape, json }) => {
    expect(findFault(json, shape, PAGE_HEADERS)).toBeUndefined();
  });

  it.each([undefined, null, [], 'text', 7, true])('%j is no object', (json) => {
    expect(findFault(json, 'object', PAGE_HEADERS)).toBe('the body is no JSON object');
  });

  it.each([undefined, null, {}, { length: 1 }, 'text', 7])('%j is no array and no page', (json) => {
    expect(findFault(json, 'array', PAGE_HEADERS)).toBe('the body is no JSON array');
    expect(findFault(json, 'page', PAGE_HEADERS)).toBe('the body is no JSON array');
  });

  it('needs no header unless it is a page', () => {
    expect(findFault([], 'array', {})).toBeUndefined();
    expect(findFault({}, 'object', {})).toBeUndefined();
  });

  it.each([undefined, '0', '4294967295', 'many'])('is no page with X-Pages "%s"', (pages) => {
    expect(findFault([], 'page', { ...PAGE_HEADERS, 'x-pages': pages })).toBe(
      'X-Pages is missing or absurd',
    );
  });

  it.each([undefined, '', 'yesterday'])('is no page with Last-Modified "%s"', (time) => {
    expect(findFault([], 'page', { ...PAGE_HEADERS, 'last-modified': time })).toBe(
      'Last-Modified is missing or unreadable',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { findFault, parseJson } from '../../../src/esi/http/response-shape.ts';

const PAGE_HEADERS = { 'x-pages': '2', 'last-modified': 'Tue, 08 Sep 2026 12:00:00 GMT' };

const PAGE = { shape: 'page' } as const;

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
    expect(findFault(200, json, PAGE_HEADERS, { shape })).toBeUndefined();
  });

  it.each([undefined, null, [], 'text', 7, true])('%j is no object', (json) => {
    expect(findFault(200, json, PAGE_HEADERS, { shape: 'object' })).toBe(
      'the body is no JSON object',
    );
  });

  it.each([undefined, null, {}, { length: 1 }, 'text', 7])('%j is no array and no page', (json) => {
    for (const shape of ['array', 'page'] as const) {
      expect(findFault(200, json, PAGE_HEADERS, { shape })).toBe('the body is no JSON array');
    }
  });

  it('needs no header unless it is a page', () => {
    expect(findFault(200, [], {}, { shape: 'array' })).toBeUndefined();
    expect(findFault(200, {}, {}, { shape: 'object' })).toBeUndefined();
  });

  it.each([undefined, '0', '4294967295', 'many'])('is no page with X-Pages "%s"', (pages) => {
    expect(findFault(200, [], { ...PAGE_HEADERS, 'x-pages': pages }, PAGE)).toBe(
      'X-Pages is missing or absurd',
    );
  });

  it.each([undefined, '', 'yesterday'])('is no page with Last-Modified "%s"', (time) => {
    expect(findFault(200, [], { ...PAGE_HEADERS, 'last-modified': time }, PAGE)).toBe(
      'Last-Modified is missing or unreadable',
    );
  });

  it.each([[[1, 2, 3]], [[null]], [[[]]], [[{ error: 'odd' }]], [[{ contract_id: 'x' }]]])(
    'is no page with rows that are no contracts: %j',
    (rows) => {
      expect(findFault(200, rows, PAGE_HEADERS, PAGE)).toBe('no row has a readable contract_id');
    },
  );

  it('is a page with one readable row: the others are poisoned, not the page', () => {
    expect(findFault(200, [null, { contract_id: 7 }], PAGE_HEADERS, PAGE)).toBeUndefined();
  });

  it('is wrong where a check of its own finds a fault, but only in a body of the shape', () => {
    const expected = { shape: 'object', check: () => 'too short' } as const;

    expect(findFault(200, {}, {}, expected)).toBe('too short');
    expect(findFault(200, [], {}, expected)).toBe('the body is no JSON object');
    expect(findFault(304, undefined, {}, expected)).toBeUndefined();
  });
});

describe('an error that is an answer', () => {
  it.each([{ error: 'Type not found!' }, { error: '', details: [] }])(
    'is told by ESI: %j',
    (json) => {
      for (const status of [403, 404]) expect(findFault(status, json, {}, {})).toBeUndefined();
    },
  );

  it.each([undefined, null, [], {}, 'default backend - 404', { error: 404 }, { message: 'no' }])(
    'is not told by a gateway: %j',
    (json) => {
      expect(findFault(404, json, {}, {})).toBe('the body is no error of ESI');
    },
  );

  it('needs no body where there is none', () => {
    for (const status of [204, 304]) expect(findFault(status, undefined, {}, {})).toBeUndefined();
  });
});

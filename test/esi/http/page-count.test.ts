import { describe, expect, it } from 'vitest';
import { readPageCount } from '../../../src/esi/http/page-count.ts';

describe('X-Pages', () => {
  it.each([
    { text: '1', pages: 1 },
    { text: '35', pages: 35 },
    { text: '007', pages: 7 },
    { text: '1000', pages: 1000 },
  ])('"$text" is $pages', ({ text, pages }) => {
    expect(readPageCount({ 'x-pages': text })).toBe(pages);
  });

  it.each([
    '',
    '0',
    '-1',
    '1.5',
    '1e2',
    ' 3',
    '3 ',
    '0x10',
    'many',
    '1001',
    '9999',
    '10000',
    '3,3',
  ])('"%s" is missing or absurd', (text) => {
    expect(readPageCount({ 'x-pages': text })).toBeUndefined();
  });

  it('is missing where there is no such header', () => {
    expect(readPageCount({ 'X-Other': '3' })).toBeUndefined();
  });
});

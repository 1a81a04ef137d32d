import { describe, expect, it } from 'vitest';
import { formatTable, printable } from '../../src/terminal/text-table.ts';

describe('a table', () => {
  it('is aligned: texts to the left, numbers to the right, no blanks at the end', () => {
    const rows = [
      ['Rifter', 1_250_000, 'Jita'],
      ['Stabber Fleet Issue', 95, 'The Forge'],
    ];

    expect(formatTable(['ship', 'price', 'where'], rows).split('\n')).toEqual([
      'ship                     price  where',
      'Rifter               1,250,000  Jita',
      'Stabber Fleet Issue         95  The Forge',
    ]);
  });

  it('without rows is its head', () => {
    expect(formatTable(['ship', 'price'], [])).toBe('ship  price');
  });
});

describe('a value in a table', () => {
  it.each([
    { of: 'a colour', text: '\u001b[31mred\u001b[0m', printed: 'red' },
    { of: 'a clearing of the screen', text: 'a\u001b[2Jb', printed: 'ab' },
    { of: 'a bell and a line', text: 'a\u0007b\nc\rd', printed: 'a b c d' },
    { of: 'a C1 control', text: 'a\u0085b', printed: 'a b' },
    { of: 'letters of all kinds', text: 'Schiff \u{1f680} 船', printed: 'Schiff \u{1f680} 船' },
  ])('cannot steer a terminal by $of', ({ text, printed }) => {
    expect(printable(text)).toBe(printed);
  });

  it('has separators between thousands when it is a number', () => {
    expect(printable(1_234_567.5)).toBe('1,234,567.5');
  });
});

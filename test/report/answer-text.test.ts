import { describe, expect, it } from 'vitest';
import type { AnswerPage } from '../../src/database/session/read-session.ts';
import { type AnswerFormat, answerPrinter } from '../../src/report/answer-text.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const PIPE: Terminal = { isTerminal: false, columns: undefined, hasColors: false };

const COLUMNS = [
  { name: 'title', typeId: 25 },
  { name: 'price', typeId: 1700 },
  { name: 'isOpen', typeId: 16 },
  { name: 'issued', typeId: 1184 },
  { name: 'evidence', typeId: 3802 },
];
const ROWS = [
  [
    '=1+1\u001b[2J, "x"',
    '-100000000000000000.05',
    't',
    '2026-09-08 12:00:00+00',
    '{"a": "\u202e"}',
  ],
  [null, 'NaN', 'f', 'infinity', null],
];

function printed(format: AnswerFormat, ...pages: readonly AnswerPage[]): string {
  const printer = answerPrinter(format, PIPE);
  return [...pages.map((page) => printer.page(page)), printer.end()].join('');
}

const page = (...rows: AnswerPage['rows'][number][]) => ({ columns: COLUMNS, rows });

describe('the answer of a statement', () => {
  it('as JSON keeps every digit and character, and escapes what would steer a terminal', () => {
    const text = printed('json', page(...ROWS));
    expect(text).toBe(`[
  {"title":"=1+1\\u001b[2J, \\"x\\"","price":-100000000000000000.05,"isOpen":true,"issued":"2026-09-08T12:00:00Z","evidence":{"a": "\\u202e"}},
  {"title":null,"price":"NaN","isOpen":false,"issued":"infinity","evidence":null}
]
`);
    expect(JSON.parse(text)).toHaveLength(2);
  });

  it('as NDJSON is a line for each row, whatever breaks JSON has', () => {
    const broken = [{ name: 'json', typeId: 114 }];
    const text = printed('ndjson', { columns: broken, rows: [['{"a":\n1}'], ['2']] });
    expect(text).toBe('{"json":{"a": 1}}\n{"json":2}\n');
  });

  it('as CSV has harmless texts, and numbers as they are', () => {
    expect(printed('csv', page(...ROWS))).toBe(
      [
        'title,price,isOpen,issued,evidence',
        `"'=1+1, ""x""",-100000000000000000.05,true,2026-09-08T12:00:00Z,"{""a"": """"}"`,
        ',NaN,false,infinity,',
        '',
      ].join('\n'),
    );
  });

  it('as a table shows every column, numbers to the right, and how many rows there are', () => {
    const columns = [
      { name: 'name', typeId: 25 },
      { name: 'n', typeId: 23 },
      { name: 'nothing', typeId: 25 },
    ];
    const rows = [
      ['Rifter', '5', null],
      ['Merlin', '1234', null],
    ];
    expect(printed('table', { columns, rows })).toBe(
      'name       n  nothing\nRifter     5\nMerlin  1234\n2 rows\n',
    );
  });

  it.each([
    ['table', `head\n1\n2\n3\n3 rows\n`],
    ['csv', 'head\n1\n2\n3\n'],
    ['json', '[\n  {"head":"1"},\n  {"head":"2"},\n  {"head":"3"}\n]\n'],
    ['ndjson', '{"head":"1"}\n{"head":"2"}\n{"head":"3"}\n'],
  ] as const)('of several pages is one text as %s', (format, text) => {
    const columns = [{ name: 'head', typeId: 25 }];
    const [first, second] = [
      { columns, rows: [['1'], ['2']] },
      { columns, rows: [['3']] },
    ];
    expect(printed(format, first, second)).toBe(text);
  });

  it.each([
    ['table', 'head\n0 rows\n'],
    ['csv', 'head\n'],
    ['json', '[]\n'],
    ['ndjson', ''],
  ] as const)('without rows is told as %s', (format, text) => {
    expect(printed(format, { columns: [{ name: 'head', typeId: 25 }], rows: [] })).toBe(text);
  });

  it('is no JSON when two columns have one name, since one would be lost', () => {
    const columns = [COLUMNS[0], COLUMNS[0]].flatMap((column) => column ?? []);
    expect(() => printed('json', { columns, rows: [['a', 'b']] })).toThrow(
      /two columns of the answer are called title: give one another name with AS/,
    );
    expect(printed('csv', { columns, rows: [['a', 'b']] })).toBe('title,title\na,b\n');
  });
});

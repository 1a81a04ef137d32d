import fc from 'fast-check';

/** Texts that mean something to somebody on the way: SQL, arrays, JSON, a log, a terminal. */
const MEANINGFUL: readonly string[] = [
  '',
  'NULL',
  'null',
  '{}',
  '{1,2}',
  '{"a":"b"}',
  '"',
  '\\',
  '\\"',
  '\\\\',
  ',',
  "'; DROP TABLE contracts; --",
  '$1',
  '%s %n {0} ${price',
  '\n{"level":"fatal","msg":"injected"}\n',
  '\r',
  '\t',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001b[2J\u001b[31m',
  '\u001b]0;title\u0007',
  '\u001b',
  '\u009b31m',
  '\u202e 000.1',
  '\u2066\u2069\u200f',
  '\ufeff',
  '\ufffd',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1+1',
  '"=1+1"',
  '\u{1f680}\u{1f469}\u200d\u{1f680}',
  '巡洋艦 Жигули Ærø',
  '  ',
  '__proto__',
];

/** Texts that a database can hold: without NUL and halves of surrogate pairs. */
export const hostileTexts: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...MEANINGFUL) },
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

/** Texts that JSON can carry: also with what no database holds. */
export const wireTexts: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: hostileTexts },
      fc.constantFrom('\0', '\ud800', '\udc00', '\udc00\ud800', 'a\0b'),
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { fileStem, planExport, rowsQuery } from '../../src/exporting/export-plan.ts';
import { unscaled } from '../../src/exporting/parquet-file.ts';

const ASKED = { out: 'folder', format: undefined, tables: undefined } as const;

describe('what is to be exported', () => {
  it('is every table, into a folder', () => {
    const plan = planExport({ ...ASKED, format: 'parquet' });
    expect(plan).toMatchObject({ format: 'parquet', file: undefined, isPacked: false });
    expect(plan.tables).toEqual(expect.arrayContaining(['contracts', 'contract_items', 'systems']));
    expect(plan.tables).not.toContain('ship_offers');
  });

  it.each([
    ['a.csv', { format: 'csv', isPacked: false }],
    ['b/a.ndjson.gz', { format: 'ndjson', isPacked: true }],
    ['a.parquet', { format: 'parquet', isPacked: false }],
  ])('is one table into %s, as its name tells', (out, plan) => {
    expect(planExport({ ...ASKED, out, tables: ['contracts'] })).toMatchObject({
      ...plan,
      file: out,
    });
  });

  it.each([
    ['no format', ASKED, /--format is missing/],
    ['two formats', { ...ASKED, out: 'a.csv', format: 'ndjson' as const }, /take one of them/],
    ['two tables for a file', { ...ASKED, out: 'a.csv', tables: ['a', 'b'] }, /one --table/],
    ['all tables for a file', { ...ASKED, out: 'a.csv' }, /one --table/],
    [
      'packed Parquet',
      { ...ASKED, out: 'a.parquet.gz', tables: ['contracts'] },
      /packed by itself/,
    ],
  ])('is refused with %s', (_, question, words) => {
    expect(() => planExport(question)).toThrow(UsageError);
    expect(() => planExport(question)).toThrow(words);
  });

  it('of some runs has files of its own beside the whole ones', () => {
    const runs = { since: 3, until: 8 };
    expect(fileStem('contracts', runs)).toBe('contracts-since-3-to-8');
    expect(rowsQuery('contract_items', runs)).toMatch(/changed_in > 3 AND \S+ <= 8$/);
    expect(rowsQuery('systems', runs)).not.toContain('WHERE');
  });
});

describe('a decimal', () => {
  it.each([
    ['0', 2, 0n],
    ['-0.05', 2, -5n],
    ['999999999999999999.99', 2, 99_999_999_999_999_999_999n],
    ['12.5', 2, 1250n],
    ['0.3333333333333333', 10, 3_333_333_333n],
    ['-0.66666666666', 10, -6_666_666_667n],
    ['1.99', 0, 2n],
  ])('%s with %d digits behind the point is %d of its units', (text, scale, units) => {
    expect(unscaled(text, scale)).toBe(units);
  });
});

import { expect, test } from 'vitest';
import { assignments, camelCase, differs, names } from '../../../src/database/tables/columns.ts';

const COLUMNS = [
  { name: 'contract_id', type: 'bigint' },
  { name: 'price', type: 'numeric(20,2)' },
];

test('names are listed with commas, qualified where asked', () => {
  expect(names(COLUMNS)).toBe('contract_id, price');
  expect(names(COLUMNS, 'stored.')).toBe('stored.contract_id, stored.price');
});

test('names become those of our rows', () => {
  expect(camelCase('is_blueprint_copy')).toBe('isBlueprintCopy');
  expect(camelCase('runs')).toBe('runs');
});

test('assignments take each column from the source', () => {
  expect(assignments(COLUMNS, 'excluded')).toBe(
    'contract_id = excluded.contract_id, price = excluded.price',
  );
});

test('rows are compared with null equal to null', () => {
  expect(differs(COLUMNS, 'stored', 'listed')).toBe(
    '(stored.contract_id, stored.price) IS DISTINCT FROM (listed.contract_id, listed.price)',
  );
});

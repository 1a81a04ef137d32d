import { expect, test } from 'vitest';
import { assignments, differs, names, recordset } from '../../src/database/columns.ts';

const COLUMNS = [
  { name: 'contract_id', type: 'bigint' },
  { name: 'price', type: 'numeric(20,2)' },
];

test('names are listed with commas, qualified where asked', () => {
  expect(names(COLUMNS)).toBe('contract_id, price');
  expect(names(COLUMNS, 'stored.')).toBe('stored.contract_id, stored.price');
});

test('a recordset reads one JSON parameter with the types and names of its columns', () => {
  expect(recordset('$1', 'listed', COLUMNS)).toBe(
    '(SELECT "contractId" AS contract_id, "price" AS price FROM json_to_recordset($1::json) ' +
      'AS sent("contractId" bigint, "price" numeric(20,2))) AS listed',
  );
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

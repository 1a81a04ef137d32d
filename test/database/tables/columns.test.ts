import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Columns, columnsOf } from '../../../src/database/tables/columns.ts';

interface Offer {
  readonly contractId: number;
  readonly price: number | null;
}

interface Dated {
  readonly isBlueprintCopy: boolean;
  readonly seenAt?: Date;
}

const OFFER = columnsOf<Offer>({ contractId: 'bigint', price: 'numeric(20,2)' });
const DATED = columnsOf<Dated>({ isBlueprintCopy: 'boolean', seenAt: 'timestamptz' });

describe('columns', () => {
  test('are called as the fields of their row, in snake case', () => {
    expect(DATED.list).toEqual([
      { field: 'isBlueprintCopy', name: 'is_blueprint_copy', type: 'boolean' },
      { field: 'seenAt', name: 'seen_at', type: 'timestamptz' },
    ]);
  });

  test('are listed with commas, qualified where asked', () => {
    expect(OFFER.names()).toBe('contract_id, price');
    expect(OFFER.names('stored')).toBe('stored.contract_id, stored.price');
  });

  test('are each assigned from the source', () => {
    expect(OFFER.assignments('excluded')).toBe(
      'contract_id = excluded.contract_id, price = excluded.price',
    );
  });

  test('are compared with null equal to null', () => {
    expect(OFFER.differ('stored', 'listed')).toBe(
      '(stored.contract_id, stored.price) IS DISTINCT FROM (listed.contract_id, listed.price)',
    );
  });

  test('are found by the fields of a JSON object', () => {
    expect(OFFER.fields('offer')).toEqual({
      contractId: 'offer.contract_id',
      price: 'offer.price',
    });
  });

  test('make a row of a JSON object, with its times', () => {
    expect(DATED.fromJson({ isBlueprintCopy: true, seenAt: '2026-09-08T12:00:00+00:00' })).toEqual({
      isBlueprintCopy: true,
      seenAt: new Date('2026-09-08T12:00:00Z'),
    });
    expect(OFFER.fromJson({ contractId: 1, price: null })).toEqual({ contractId: 1, price: null });
  });

  test('are put together and taken apart', () => {
    expect(OFFER.and(DATED).names()).toBe('contract_id, price, is_blueprint_copy, seen_at');
    expect(OFFER.and(DATED).only('price', 'seenAt').names()).toBe('price, seen_at');
    expect(OFFER.without('price').names()).toBe('contract_id');
  });
});

describe('the types of columns', () => {
  type Types = Parameters<typeof columnsOf<Offer>>[0];

  test('leave out no field of the row, and have no other', () => {
    expectTypeOf<Types>().toEqualTypeOf<{
      readonly contractId: NumberType;
      readonly price: NumberType;
    }>();
    expectTypeOf<{ contractId: 'bigint' }>().not.toExtend<Types>();
  });

  test('are those that hold the values of the field', () => {
    expectTypeOf<Parameters<typeof columnsOf<Dated>>[0]>().toEqualTypeOf<{
      readonly isBlueprintCopy: 'boolean';
      readonly seenAt: 'timestamptz';
    }>();
    expectTypeOf<{ contractId: 'text'; price: 'numeric(20,2)' }>().not.toExtend<Types>();
  });

  test('tell columns of one row from those of another, larger or smaller', () => {
    expectTypeOf(OFFER).not.toExtend<Columns<Offer & Dated>>();
    expectTypeOf(OFFER.and(DATED)).not.toExtend<Columns<Offer>>();
    expectTypeOf(OFFER.and(DATED)).toExtend<Columns<Offer & Dated>>();
    expectTypeOf(OFFER.without('price')).toExtend<Columns<{ readonly contractId: number }>>();
  });
});

type NumberType = 'smallint' | 'integer' | 'bigint' | 'double precision' | 'numeric(20,2)';

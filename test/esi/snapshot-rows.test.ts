import { describe, expect, it } from 'vitest';
import { idsOfPage, listedIdsOf, readRows } from '../../src/esi/snapshot.ts';
import { contractRow, contractRows } from './http/wire.ts';

/** Rows without a readable id. */
const UNREADABLE = [null, 7, 'row', [], {}, { contract_id: 'x' }, contractRow(0)];

function idsOf({ contracts }: ReturnType<typeof readRows>): number[] {
  return contracts.map(({ contractId }) => contractId);
}

function listedIds(...pages: readonly (readonly unknown[])[]) {
  return listedIdsOf(pages.map(idsOfPage));
}

describe('the rows of a page', () => {
  it('are read in their order', () => {
    const rows = readRows(contractRows(1, 3));

    expect(idsOf(rows)).toEqual([1, 2, 3]);
    expect(rows.brokenIds).toEqual([]);
  });

  it('are none of an empty page', () => {
    expect(readRows([])).toEqual({ contracts: [], brokenIds: [] });
  });

  it('of a broken contract are set apart by their id, without harm to their neighbours', () => {
    const broken = contractRow(2, { date_expired: 'garbage' });

    const rows = readRows([contractRow(1), broken, contractRow(3)]);

    expect(idsOf(rows)).toEqual([1, 3]);
    expect(rows.brokenIds).toEqual([2]);
  });

  it.each(UNREADABLE)('without a readable id are neither contracts nor broken ones: %j', (row) => {
    const rows = readRows([contractRow(1), row, row]);

    expect(idsOf(rows)).toEqual([1]);
    expect(rows.brokenIds).toEqual([]);
  });

  it('that stand twice count once, the last of them', () => {
    const rows = readRows([contractRow(1, { price: 5 }), contractRow(1, { price: 6 })]);

    expect(rows.contracts).toHaveLength(1);
    expect(rows.contracts[0]).toMatchObject({ contractId: 1, price: 6 });
  });

  it.each([
    { order: 'first', rows: [contractRow(1, { price: 'much' }), contractRow(1)] },
    { order: 'last', rows: [contractRow(1), contractRow(1, { price: 'much' })] },
  ])('of a contract that is whole and broken, broken $order, are not broken', ({ rows }) => {
    expect(idsOf(readRows(rows))).toEqual([1]);
    expect(readRows(rows).brokenIds).toEqual([]);
  });

  it('that are broken twice are told of once', () => {
    const broken = contractRow(1, { price: 'much' });

    expect(readRows([broken, broken]).brokenIds).toEqual([1]);
  });
});

describe('the ids of a listing', () => {
  it('are those of all pages', () => {
    expect(listedIds(contractRows(1, 3), contractRows(4, 2), [])).toEqual({
      listedIds: new Set([1, 2, 3, 4, 5]),
      unreadableRows: 0,
      hasShifted: false,
    });
  });

  it.each([{ pages: [] }, { pages: [[], []] }])('are none of $pages', ({ pages }) => {
    const nothing = { listedIds: new Set(), unreadableRows: 0, hasShifted: false };

    expect(listedIds(...pages)).toEqual(nothing);
  });

  it('are also those of broken rows', () => {
    const rows = [contractRow(1), contractRow(2, { date_expired: 'garbage' })];

    expect(listedIds(rows)).toMatchObject({ listedIds: new Set([1, 2]), unreadableRows: 0 });
  });

  it.each(UNREADABLE)('cannot be had of %j, which is counted on every page', (row) => {
    expect(listedIds([contractRow(1), row, row], [row])).toEqual({
      listedIds: new Set([1]),
      unreadableRows: 3,
      hasShifted: false,
    });
  });

  it('tell of no shift when an id stands twice on one page', () => {
    expect(listedIds([contractRow(1), contractRow(1)])).toMatchObject({ hasShifted: false });
  });

  it('tell that the pages shifted when an id stands on two of them', () => {
    expect(listedIds(contractRows(1, 3), contractRows(3, 3))).toMatchObject({
      listedIds: new Set([1, 2, 3, 4, 5]),
      hasShifted: true,
    });
  });

  it('tell of a shift on any page, also by a broken row', () => {
    const broken = contractRow(1, { price: 'much' });

    expect(listedIds([broken], [contractRow(2)], [broken])).toMatchObject({ hasShifted: true });
    expect(listedIds([contractRow(1)], [broken], [contractRow(2)])).toMatchObject({
      hasShifted: true,
    });
  });
});

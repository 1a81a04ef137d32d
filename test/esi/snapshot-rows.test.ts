import { describe, expect, it } from 'vitest';
import { readRows } from '../../src/esi/snapshot.ts';
import { contractRow, contractRows } from './wire.ts';

function idsOf({ contracts }: ReturnType<typeof readRows>): number[] {
  return contracts.map(({ contractId }) => contractId);
}

describe('the rows of a listing', () => {
  it('are read from all pages', () => {
    const rows = readRows([contractRows(1, 3), contractRows(4, 2), []]);

    expect(idsOf(rows)).toEqual([1, 2, 3, 4, 5]);
    expect(rows).toMatchObject({ brokenIds: [], unreadableRows: 0, hasShifted: false });
  });

  it('are none of no page', () => {
    const nothing = { contracts: [], brokenIds: [], unreadableRows: 0, hasShifted: false };

    expect(readRows([])).toEqual(nothing);
    expect(readRows([[], []])).toEqual(nothing);
  });

  it('of a broken contract are set apart by their id, without harm to their neighbours', () => {
    const broken = contractRow(2, { date_expired: 'garbage' });

    const rows = readRows([[contractRow(1), broken, contractRow(3)]]);

    expect(idsOf(rows)).toEqual([1, 3]);
    expect(rows).toMatchObject({ brokenIds: [2], unreadableRows: 0 });
  });

  it.each([null, 7, 'row', [], {}, { contract_id: 'x' }, contractRow(0)])(
    'without a readable id are counted: %j',
    (row) => {
      const rows = readRows([[contractRow(1), row, row]]);

      expect(idsOf(rows)).toEqual([1]);
      expect(rows).toMatchObject({ brokenIds: [], unreadableRows: 2 });
    },
  );

  it('that stand twice on one page count once, the last of them', () => {
    const rows = readRows([[contractRow(1, { price: 5 }), contractRow(1, { price: 6 })]]);

    expect(rows.contracts).toHaveLength(1);
    expect(rows.contracts[0]).toMatchObject({ contractId: 1, price: 6 });
    expect(rows.hasShifted).toBe(false);
  });

  it('that stand on two pages tell that the pages shifted', () => {
    const rows = readRows([contractRows(1, 3), contractRows(3, 3)]);

    expect(idsOf(rows)).toEqual([1, 2, 3, 4, 5]);
    expect(rows.hasShifted).toBe(true);
  });

  it('tell of a shift on any page, also by a broken row', () => {
    const broken = contractRow(1, { price: 'much' });

    expect(readRows([[broken], [contractRow(2)], [broken]]).hasShifted).toBe(true);
    expect(readRows([[contractRow(1)], [broken], [contractRow(2)]]).hasShifted).toBe(true);
  });

  it('of a contract that is whole on one page and broken on another are not broken', () => {
    const rows = readRows([[contractRow(1)], [contractRow(1, { price: 'much' })]]);

    expect(idsOf(rows)).toEqual([1]);
    expect(rows.brokenIds).toEqual([]);
  });
});

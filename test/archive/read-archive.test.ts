import { describe, expect, it } from 'vitest';
import { type ArchiveFiles, bzip2, canPack, packArchive } from '../../fixtures/everef/archive.ts';
import { type Archive, readArchive } from '../../src/archive/read-archive.ts';
import { ArchiveError } from '../../src/errors.ts';

const META = JSON.stringify({
  datasource: 'tranquility',
  scrape_start: '2026-09-08T18:00:03Z',
  scrape_end: '2026-09-08T18:12:41Z',
});
const LISTED = '2026-09-08T18:08:11Z';
/** Columns in the order of one archive; those of another differ. */
const HEAD =
  'collateral,contract_id,date_expired,date_issued,issuer_corporation_id,issuer_id,price,title,type,http_last_modified,region_id,for_corporation';
const ITEM_HEAD = 'is_blueprint_copy,is_included,item_id,quantity,record_id,type_id,contract_id';
const DATES = '2026-09-22T10:00:00Z,2026-09-08T10:00:00Z';

function contractRow(id: number | string, title = '', more = `item_exchange,${LISTED},10000002,`) {
  return `"",${id},${DATES},98000010,90000001,250000000.05,${title},${more}`;
}

function csv(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

const CONTRACTS = csv(
  HEAD,
  contractRow(1, '"Raven, ""rigged""\n2nd line"'),
  contractRow(2, '" leading — 船"', `auction,${LISTED},10000043,true`),
);
const ITEMS = csv(
  ITEM_HEAD,
  'true,true,1050000000001,1,7,638,2',
  '"",true,,5,8,34,1',
  '"",false,,2,9,35,1',
);
const BIDS = csv(
  'amount,bid_id,date_bid,http_last_modified,contract_id',
  '1500000.0,6000001,2026-09-07T05:00:00Z,2026-09-08T18:05:00Z,2',
);
const WHOLE: ArchiveFiles = [
  ['meta.json', META],
  ['contracts.csv', CONTRACTS],
  ['contract_items.csv', ITEMS],
  ['contract_bids.csv', BIDS],
  ['contract_dynamic_items.csv', '\r\n'],
];

function replaced(name: string, content: string | Buffer): ArchiveFiles {
  return WHOLE.map((file) => (file[0] === name ? ([name, content] as const) : file));
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

function read(packed: Buffer, pieceBytes = 65_536): Promise<Archive> {
  const wantAll: Parameters<typeof readArchive>[1] = async (contracts) =>
    new Set(contracts.map(({ contractId }) => contractId));
  return readArchive(inPieces(packed, pieceBytes), wantAll, new AbortController().signal);
}

async function readFiles(files: ArchiveFiles): Promise<Archive> {
  return read(await packArchive(files));
}

describe.runIf(canPack)('an archive', () => {
  it.each([1, 7, 65_536])(
    'tells its contracts, items and bids, in pieces of %d bytes',
    async (size) => {
      const archive = await read(await packArchive(WHOLE), size);
      expect(archive.takenAt).toEqual(new Date('2026-09-08T18:00:03Z'));
      expect(archive.contracts).toMatchObject([
        {
          contractId: 1,
          title: 'Raven, "rigged"\n2nd line',
          price: 250_000_000.05,
          collateral: null,
        },
        { contractId: 2, title: ' leading — 船', type: 'auction', forCorporation: true },
      ]);
      expect(archive.contracts[1]).toMatchObject({
        regionId: 10_000_043,
        lastModified: new Date(LISTED),
        dateExpired: new Date('2026-09-22T10:00:00Z'),
      });
      expect(archive.items.of(1)).toMatchObject([
        { recordId: 8, typeId: 34, quantity: 5, isIncluded: true, itemId: null },
        { recordId: 9, isIncluded: false, isBlueprintCopy: false },
      ]);
      expect(archive.items.of(2)).toMatchObject([
        { itemId: 1_050_000_000_001, isBlueprintCopy: true },
      ]);
      expect(archive.items.of(3)).toEqual([]);
      expect(archive.bids.get(2)).toEqual({
        bids: [{ bidId: 6_000_001, amount: 1_500_000, dateBid: new Date('2026-09-07T05:00:00Z') }],
        seenAt: new Date('2026-09-08T18:05:00Z'),
      });
    },
  );

  it('may be of several streams, as pbzip2 makes them, and hold what nobody knows', async () => {
    const files: ArchiveFiles = [...WHOLE, ['../../etc/cron.d/evil', 'x'], ['later.bin', '\0']];
    const packed = await packArchive(files);
    const empty = bzip2(Buffer.alloc(0));
    expect((await read(Buffer.concat([packed, empty]))).contracts).toHaveLength(2);
  });

  it('may have no rows in a file, which then has no head', async () => {
    const archive = await readFiles(replaced('contract_items.csv', '\r\n'));
    expect(archive.items.size).toBe(0);
    expect(archive.contracts).toHaveLength(2);
  });

  it.each([
    ['a contract', 'contracts.csv', CONTRACTS + csv(contractRow(3, '', `courier,never,1,`))],
    ['an item', 'contract_items.csv', `${ITEMS}"",perhaps,,5,10,34,3\r\n`],
  ])('with %s that cannot be read lacks this contract', async (_, name, content) => {
    const three = CONTRACTS + csv(contractRow(3));
    const files = name === 'contracts.csv' ? WHOLE : replaced('contracts.csv', three);
    const changed = files.map((file) => (file[0] === name ? ([name, content] as const) : file));
    const { contracts, skippedIds } = await readFiles(changed);
    expect(contracts.map(({ contractId }) => contractId)).toEqual([1, 2]);
    expect([...skippedIds]).toEqual([3]);
  });

  it('counts rows that do not even tell whose they are', async () => {
    const { unreadableRows } = await readFiles(
      replaced('contracts.csv', CONTRACTS + csv(contractRow('nobody'))),
    );
    expect(unreadableRows).toBe(1);
  });
});

const LATIN_1 = Buffer.from(CONTRACTS.replace('—', 'é'), 'latin1');

/** What is wrong, the files, and what is said of them. */
const BROKEN: readonly [string, ArchiveFiles, RegExp][] = [
  ['without meta.json', WHOLE.slice(1), /no archive of EVE Ref.*meta\.json is missing/],
  ['without contracts', [WHOLE[0] ?? ['', '']], /contracts\.csv is missing/],
  [
    'of another server',
    replaced('meta.json', META.replace('tranquility', 'singularity')),
    /server/,
  ],
  ['with a meta.json that is none', replaced('meta.json', '{'), /meta\.json is no JSON/],
  ['with a meta.json of megabytes', replaced('meta.json', ' '.repeat(1e6)), /too large/],
  ['with two files of one name', [...WHOLE, ['contracts.csv', CONTRACTS]], /in it twice/],
  [
    'with items before contracts',
    [WHOLE[0] ?? ['', ''], ['contract_items.csv', ITEMS], ['contracts.csv', CONTRACTS]],
    /items come before/,
  ],
  [
    'with two columns of one name',
    replaced('contracts.csv', csv(`${HEAD},price`, `${contractRow(1)},5`)),
    /contracts\.csv: two columns are called price/,
  ],
  [
    'without a column',
    replaced('contracts.csv', CONTRACTS.replace('region_id', 'region')),
    /contracts\.csv: the column region_id is missing/,
  ],
  ['in another encoding', replaced('contracts.csv', LATIN_1), /contracts\.csv: it is not UTF-8/],
  ['in UTF-16', replaced('contracts.csv', Buffer.from(CONTRACTS, 'utf16le')), /contracts\.csv/],
  [
    'with one endless line',
    replaced('contracts.csv', csv(HEAD, 'x'.repeat(3_000_000))),
    /contracts\.csv: Max Record Size/,
  ],
  [
    'with rows of another length',
    replaced('contracts.csv', csv(HEAD, '1,2')),
    /Invalid Record Length/,
  ],
  [
    'most of whose contracts cannot be read',
    replaced('contracts.csv', csv(HEAD, contractRow(1, '', 'courier,never,1,'))),
    /most of its contracts cannot be read/,
  ],
];

describe.runIf(canPack)('an archive is refused', () => {
  it.each(BROKEN)('%s', async (_, files, words) => {
    const error = await readFiles(files).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ArchiveError);
    expect(String(error)).toMatch(words);
  });

  it('cut off anywhere', async () => {
    const packed = await packArchive(WHOLE);
    for (let length = 0; length < packed.length; length += 13) {
      await expect(read(packed.subarray(0, length))).rejects.toThrow(ArchiveError);
    }
  });

  it('with a bit that has changed anywhere', async () => {
    const packed = await packArchive(WHOLE);
    for (let at = 0; at < packed.length; at += 29) {
      const spoilt = Buffer.from(packed);
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x10;
      await expect(read(spoilt), `byte ${at}`).rejects.toThrow(ArchiveError);
    }
  });

  it.each([
    ['a page of HTML', Buffer.from('<!doctype html><title>Not Found</title>')],
    ['no bytes at all', Buffer.alloc(0)],
    ['gzip', Buffer.from('1f8b0800000000000003', 'hex')],
  ])('that is %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(ArchiveError);
  });

  it('that is bzip2 of something else', async () => {
    await expect(read(bzip2(Buffer.from('no tar'.repeat(1000))))).rejects.toThrow(ArchiveError);
  });

  it('that unpacks to gigabytes of zeros', { timeout: 120_000 }, async () => {
    const [zeros, copies] = [bzip2(Buffer.alloc(100_000_000)), 20];
    const packed = await packArchive(WHOLE);
    const bomb = Buffer.concat([packed, ...Array.from({ length: copies }, () => zeros)]);
    await expect(read(bomb)).rejects.toThrow(/more than 600 MB/);
  });
});

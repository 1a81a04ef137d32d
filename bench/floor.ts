import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BareEsi, hasItems, inParallel } from './readers.ts';
import { reportUsage } from './usage.ts';

/** No logic at all: GET the same URLs, COPY the rows. Nothing that stores contracts can be faster. */
async function floor(esiUrl: string, databaseUrl: string): Promise<void> {
  const esi = new BareEsi(esiUrl);
  const contracts = await copyInto(databaseUrl, 'contracts', CONTRACT_COLUMNS);
  const items = await copyInto(databaseUrl, 'contract_items_floor', ITEM_COLUMNS);
  const typeIds = new Set<number>();
  for (const regionId of await esi.regionIds()) {
    const listed = await esi.listing(regionId);
    const now = new Date().toISOString();
    for (const row of listed) {
      await contracts.write([
        row.contract_id,
        regionId,
        row.type,
        row.title,
        row.price,
        row.reward,
        row.collateral,
        row.buyout,
        row.volume,
        row.issuer_id,
        row.issuer_corporation_id,
        row.start_location_id,
        row.end_location_id,
        row.date_issued,
        row.date_expired,
        now,
        'fetched',
      ]);
    }
    await inParallel(listed.filter(hasItems), async ({ contract_id }) => {
      for (const item of await esi.items(contract_id)) {
        typeIds.add(item.type_id);
        await items.write([
          contract_id,
          item.record_id,
          item.type_id,
          item.quantity,
          item.is_included,
          item.is_blueprint_copy ?? false,
          item.item_id,
          item.runs,
          item.material_efficiency,
          item.time_efficiency,
        ]);
      }
    });
  }
  const types = await copyInto(databaseUrl, 'esi_type_cache', TYPE_COLUMNS);
  await inParallel(typeIds, async (typeId) => {
    const type = await esi.type(typeId);
    await types.write([
      type.type_id,
      type.name,
      type.group_id,
      type.published,
      type.volume,
      new Date().toISOString(),
    ]);
  });
  await Promise.all([contracts.end(), items.end(), types.end()]);
  await esi.close();
}

const CONTRACT_COLUMNS =
  'contract_id, region_id, type, title, price, reward, collateral, buyout, volume, issuer_id, issuer_corporation_id, start_location_id, end_location_id, date_issued, date_expired, first_seen_at, items_status';
const ITEM_COLUMNS =
  'contract_id, record_id, type_id, quantity, is_included, is_blueprint_copy, item_id, runs, material_efficiency, time_efficiency';
const TYPE_COLUMNS = 'type_id, name, group_id, published, volume, last_refreshed_at';

type Value = string | number | boolean | undefined;

async function copyInto(databaseUrl: string, table: string, columns: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const stream = client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN`));
  // Every reader may wait for the one stream to drain.
  stream.setMaxListeners(0);
  return {
    write: async (values: readonly Value[]) => {
      if (!stream.write(`${values.map(copyText).join('\t')}\n`)) await once(stream, 'drain');
    },
    end: async () => {
      stream.end();
      await once(stream, 'finish');
      await client.end();
    },
  };
}

function copyText(value: Value): string {
  if (value === undefined) return '\\N';
  return String(value).replace(/[\\\t\n\r]/g, (character) => `\\${character}`);
}

const [esiUrl = '', databaseUrl = ''] = process.argv.slice(2);
await reportUsage(() => floor(esiUrl, databaseUrl));

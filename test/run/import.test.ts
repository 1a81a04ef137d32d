import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canPack } from '../../fixtures/everef/archive.ts';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';
import { archiveNow, importArchives } from '../support/archive-world.ts';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import { TABLES } from '../support/run-tables.ts';
import { contractsOf, pick, takeAway, withItems } from '../support/run-universe.ts';
import {
  DOMAIN,
  hasServers,
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
} from '../support/run-world.ts';

const NO_PROBES = { OUTCOME_PROBES: '0' };

async function rowOf({ tables }: World, contract: EsiContract) {
  const [row] = await tables.rows('contracts', `contract_id = ${contract.contract_id}`);
  return row;
}

/** A ship for ISK, whose end is far away. */
function ship({ universe }: World, skip = 0): EsiContract {
  const isClean = ({ contract_id: id, price = 0 }: EsiContract) =>
    price > 0 && universe.kinds.get(id) === 'single_ship';
  return pick(contractsOf(universe, THE_FORGE).filter(isClean).slice(skip));
}

function leave(world: World, contract: EsiContract): () => void {
  return takeAway(world.universe, THE_FORGE, ({ contract_id: id }) => id === contract.contract_id);
}

const kinds = test.runIf(canPack && hasServers).each([{ embedded: true }, { embedded: false }]);

kinds(
  'after an archive, the first pass asks for what is new (embedded: $embedded)',
  async ({ embedded }) => {
    const cold = await startWorld({ contracts: 300, embedded });
    if (embedded) await prepareEmbedded(cold.dataDir);
    const { summary: all } = await cold.run([], NO_PROBES);

    const world = await startWorld({ contracts: 300, embedded });
    if (embedded) await prepareEmbedded(world.dataDir);
    const { summary, exitCode } = await importArchives(world, await archiveNow(world));
    expect(exitCode).toBe(0);
    expect(summary).toMatchObject({ outcome: 'imported', archives: { imported: 1, failed: 0 } });
    expect(summary.contracts.inserted).toBe(contractsOf(world.universe).length);
    const stored = await world.tables.rows('contracts');
    expect(new Set(stored.map(({ source }) => source))).toEqual(new Set(['everef']));

    world.nextListing();
    const { summary: first } = await world.run([], NO_PROBES);
    expect(first).toMatchObject({ outcome: 'complete', contracts: { inserted: 0, updated: 0 } });
    const items = withItems(contractsOf(world.universe)).length;
    expect(first.esi.requests).toBeLessThanOrEqual(all.esi.requests - items);
    await world.expectTruth();
  },
);

serverTest(
  'what two archives in a row lack has ended between them, at medium confidence at most',
  async () => {
    const world = await startWorld({ contracts: 300 });
    const [gone, again, missed] = [ship(world), ship(world, 1), ship(world, 2)];
    const files = [await archiveNow(world)];
    leave(world, gone);
    const comeBack = leave(world, again);
    world.forward(30);
    files.push(await archiveNow(world));
    comeBack();
    leave(world, gone);
    world.forward(30);
    files.push(
      await archiveNow(world, { isMissing: ({ contract_id: id }) => id === missed.contract_id }),
    );
    const { summary } = await importArchives(world, ...files);

    expect(summary.archives).toEqual({ imported: 3, unchanged: 0, old: 0, failed: 0 });
    expect(summary.contracts.closed).toBe(1);
    const lists = files.map((file) => /_(\d\d-\d\d-\d\d)/.exec(file)?.[1]);
    expect(lists).toHaveLength(3);
    const ended = await rowOf(world, gone);
    expect(ended).toMatchObject({ status: 'closed', outcome: 'sold_or_withdrawn' });
    const hours =
      (Date.parse(String(ended?.['ended_before'])) - Date.parse(String(ended?.['ended_after']))) /
      3.6e6;
    expect(hours).toBeCloseTo(1, 2);
    expect(ended?.['outcome_evidence']).toMatchObject({ source: 'everef', probes: 'off' });
    expect(await rowOf(world, again)).toMatchObject({
      status: 'outstanding',
      last_listed_at: null,
    });
    expect(await rowOf(world, missed)).toMatchObject({ status: 'outstanding' });

    // Its types are asked of ESI by the next run, and then it has a price.
    expect(ended).toMatchObject({ items_status: 'pending', ship_reason: null });
    world.esi.roll();
    await world.run([], NO_PROBES);
    expect(await rowOf(world, gone)).toMatchObject({
      items_status: 'fetched',
      is_ship_contract: true,
    });
    const sales = await world.tables.view('contract_sales');
    expect(sales.map((sale) => Number(sale['contract_id']))).toContain(gone.contract_id);
  },
);

serverTest(
  'archives from before the first pass bring only what has ended, and change nothing else',
  async () => {
    const world = await startWorld({ contracts: 300 });
    const [early, late] = [ship(world), ship(world, 1)];
    const files = [await archiveNow(world)];
    leave(world, early);
    for (let half = 0; half < 3; half += 1) {
      world.forward(30);
      files.push(await archiveNow(world));
    }
    leave(world, late);
    world.nextListing();
    await world.run([], NO_PROBES);
    const ids = [early, late].map(({ contract_id: id }) => id);
    const others = `contract_id NOT IN (${ids.join(', ')})`;
    const before = await world.tables.rows('contracts', others);

    const { summary } = await importArchives(world, ...files);

    expect(summary.contracts.inserted).toBe(2);
    expect(await world.tables.rows('contracts', others)).toEqual(before);
    expect(await rowOf(world, early)).toMatchObject({
      status: 'closed',
      outcome: 'sold_or_withdrawn',
      is_ship_contract: true,
      is_baseline: true,
    });
    // Nobody knows how long after the last archive it was there.
    expect(await rowOf(world, late)).toMatchObject({
      status: 'closed',
      ended_before: null,
      outcome: null,
    });
    const whole = await world.tables.readAll(...TABLES);
    const again = await importArchives(world, ...files);
    expect(again.summary.archives).toEqual({ imported: 0, unchanged: 0, old: 4, failed: 0 });
    const after = await world.tables.readAll(...TABLES);
    expect(after.contracts).toEqual(whole.contracts);
    world.esi.roll();
    const { summary: next } = await world.run([], NO_PROBES);
    expect(next.contracts).toMatchObject({ inserted: 0, updated: 0, closed: 0, reopened: 0 });
  },
);

serverTest(
  'an archive that is broken changes nothing, is told of by name, and the next one is taken',
  async () => {
    const world = await startWorld({ contracts: 100 });
    const cut = await archiveNow(world, { takenAt: new Date(world.now().getTime() - 3_600_000) });
    await truncate(cut, 3000);
    const whole = await archiveNow(world);
    const broken = await importArchives(world, cut);
    expect(broken).toMatchObject({
      exitCode: 1,
      summary: { archives: { imported: 0, failed: 1 } },
    });
    expect(await world.tables.rows('contracts')).toEqual([]);
    const { exitCode, summary } = await importArchives(world, cut, whole);
    expect(exitCode).toBe(1);
    expect(summary).toMatchObject({ outcome: 'partial', archives: { imported: 1, failed: 1 } });
    expect(summary.failures).toEqual([
      { message: `${cut}: it is cut off, broken or no .tar.bz2: its end is missing` },
    ]);
    expect((await world.tables.rows('contracts')).length).toBe(contractsOf(world.universe).length);
  },
);

serverTest('only regions that the settings name are taken', async () => {
  const world = await startWorld({ contracts: 100 });
  const file = await archiveNow(world);
  await world.command(['import', file], { REGION_IDS: String(DOMAIN) });
  const regions = (await world.tables.rows('contracts')).map((row) => row['region_id']);
  expect(new Set(regions)).toEqual(new Set([DOMAIN]));
});

serverTest('an import that is killed is completed by the next', async () => {
  const world = await startWorld({ contracts: 3000 });
  const file = await archiveNow(world);
  const killed = world.spawn(['import', file], { DB_BATCH_SIZE: '100' });
  const count = async () => (await world.tables.rows('contracts').catch(() => [])).length;
  await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(0);
  killed.kill('SIGKILL');
  await killed.done;
  expect(await count()).toBeLessThan(3000);
  const wholes = await world.tables.readAll('contracts', 'contract_items');
  const counted = new Set(wholes.contract_items.map((row) => row['contract_id']));
  const lacking = wholes.contracts.filter(
    (row) => row['items_status'] === 'pending' && !counted.has(row['contract_id']),
  );
  expect(lacking).toEqual([]);
  // The lock of a dead run ends by itself.
  await world.redis.clear();
  expect((await importArchives(world, file)).exitCode).toBe(0);
  world.nextListing();
  await world.run([], NO_PROBES);
  await world.expectTruth();
});

test.runIf(canPack)('what is no archive is wrong usage, and nothing is opened for it', async () => {
  const world = await startWorld({ embedded: true });
  for (const place of [join(world.folder, 'nothing.tar.bz2'), world.folder]) {
    const { exitCode, stderr } = await world.command(['import', place]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(place);
  }
  await writeFile(join(world.folder, 'a.txt'), 'no archive');
  const { exitCode, summary } = await importArchives(world, join(world.folder, 'a.txt'));
  expect(exitCode).toBe(1);
  expect(summary.archives.failed).toBe(1);
});

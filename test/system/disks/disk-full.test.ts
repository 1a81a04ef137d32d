import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect } from 'vitest';
import { Shown } from '../../support/kill-checks.ts';
import { prepareEmbedded } from '../../support/pristine-pglite.ts';
import type { FinishedRun } from '../../support/run-process.ts';
import { startWorld, type World } from '../../support/run-world.ts';
import { diskServerTest, diskTest, mountSmallDisk } from '../../support/small-disk.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

async function startWorldOnSmallDisk(contracts = 60) {
  const disk = await mountSmallDisk('size=256m');
  const world = await startWorld({ embedded: true, parent: disk.folder, contracts });
  const shown = new Shown();
  shown.note(world);
  return { disk, world, shown };
}

/** The run says that the disk is full, which one, and what to do. */
function expectFullDisk({ summary, log }: FinishedRun, { dataDir }: World): void {
  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74, failureCount: 1 });
  expect(summary.failures[0]?.message).toMatch(/no space left/i);
  expect(summary.failures[0]?.message).toContain(`embedded database in ${dataDir}`);
  expect(summary.failures[0]?.message).toContain(`make room on the disk of ${dataDir}`);
  expect(log).toContainEqual(expect.objectContaining({ msg: 'lock released' }));
}

async function expectCompletion(world: World): Promise<void> {
  const { summary } = world.read(await world.spawnRun().done);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
}

/** Lets each storing of items write so much into the log that another file of it is needed. */
async function writeMuchLog({ dataDir }: World): Promise<void> {
  const pglite = await PGlite.create(join(dataDir, 'pgdata'));
  await pglite.exec(`CREATE FUNCTION write_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_logical_emit_message(false, 'test', repeat('x', 17000000)); RETURN NULL;
    END $$;
    CREATE TRIGGER write_log AFTER INSERT ON contract_items EXECUTE FUNCTION write_log()`);
  await pglite.close();
}

diskTest('a disk without room for a database is told of, and nothing half-made stays', async () => {
  const { disk, world } = await startWorldOnSmallDisk();
  await disk.leave(20 * MIB);

  const first = world.read(await world.spawnRun().done);

  expectFullDisk(first, world);
  expect(await readdir(world.dataDir)).toEqual(['database.lock', 'run.lock']);
  expect(world.esi.requests).toEqual([]);
  await disk.clear();
  await expectCompletion(world);
});

diskTest('a disk that is full when tables have to grow ends the run, nothing torn', async () => {
  const { disk, world, shown } = await startWorldOnSmallDisk(150);
  await prepareEmbedded(world.dataDir);
  await expectCompletion(world);
  for (const [seed, freeBytes] of [0, 40 * KIB].entries()) {
    world.nextListing({ seed, share: 0.4 });
    shown.note(world);
    await disk.leave(freeBytes);

    const run = world.read(await world.spawnRun().done);

    expectFullDisk(run, world);
    await disk.clear();
    await shown.expectNothingTorn(world);
  }
  const { summary } = world.read(await world.spawnRun().done);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await shown.expectNothingTorn(world);
});

diskTest('a disk that is full when the log has to grow ends the run at once', async () => {
  const { disk, world, shown } = await startWorldOnSmallDisk();
  await prepareEmbedded(world.dataDir);
  expect((await world.command(['migrate'])).exitCode).toBe(0);
  await writeMuchLog(world);
  await disk.leave(12 * MIB);

  const run = world.read(await world.spawnRun().done);

  expectFullDisk(run, world);
  expect(world.esi.requestsTo('items').length).toBeGreaterThan(0);
  await disk.clear();
  await shown.expectNothingTorn(world);
  await expectCompletion(world);
});

diskServerTest('a full disk costs the cache, not the run', async () => {
  const disk = await mountSmallDisk('size=8m');
  const world = await startWorld({ parent: disk.folder });
  await disk.leave(0);

  const { summary } = world.read(await world.spawnRun([], { REDIS_URL: '' }).done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  expect(await readdir(join(world.dataDir, 'esi-cache'))).toEqual([]);
  await world.expectTruth();
});

diskTest('a disk without room for a lock file is told of, and nothing is done', async () => {
  const disk = await mountSmallDisk('size=8m,nr_inodes=4');
  const world = await startWorld({ embedded: true, parent: disk.folder });
  // The root, the working folder, and these two.
  await mkdir(world.dataDir);
  await writeFile(join(world.folder, 'another'), '');

  const { summary } = world.read(await world.spawnRun().done);

  expect(summary).toMatchObject({ outcome: 'unavailable', exitCode: 69 });
  expect(summary.failures[0]?.message).toMatch(/no space left/);
  expect(summary.failures[0]?.message).toContain(world.dataDir);
  expect(world.esi.requests).toEqual([]);
});

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileLock, isFileLockHeld } from '../../../src/lock/file-lock.ts';
import { modeOf } from '../../support/file-tree.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { START, startWorld, type World } from '../../support/run-world.ts';
import { diskTest, mountSmallDisk } from '../../support/small-disk.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };

const embeddedWorld = () => startWorld({ embedded: true });

/** A run that has come to its items, which ESI does not give. */
async function startRunAtWork(world: World) {
  world.nextListing({ seed: 1, share: 0.5 });
  world.esi.resetRequests();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'hang' } });
  const running = world.spawnRun();
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);
  return running;
}

/** Somebody who reads, for as long as a test wants. */
function holdDatabase(world: World) {
  return new FileLock(join(world.dataDir, 'database.lock')).acquire();
}

test('a run waits for a reader', async () => {
  const world = await embeddedWorld();
  await world.run();
  const held = await holdDatabase(world);
  world.forward(31);
  const running = world.spawnRun();
  await vi.waitUntil(() => isFileLockHeld(join(world.dataDir, 'run.lock')), PATIENCE);
  await held.release();

  expect((await running.done).exitCode).toBe(0);
});

test('readers wait for each other', async () => {
  const world = await embeddedWorld();
  await world.run();
  const held = await holdDatabase(world);
  const readers = ['ships', 'contracts', 'status'].map((command) => world.spawn([command]));
  const early = await Promise.race([...readers.map(({ done }) => done), delay(2000)]);
  await held.release();

  expect(early).toBeUndefined();
  for (const { done } of readers) expect((await done).exitCode).toBe(0);
});

test.each([
  { of: 'a run that was killed', note: { isAtWork: true, writtenAt: START } },
  { of: 'another version', note: { isAtWork: true, version: '0.0.0' } },
])('the note of $of keeps no reader from waiting', async ({ note }) => {
  const world = await embeddedWorld();
  await world.run();
  world.forward(1);
  const path = join(world.dataDir, 'last-run.json');
  const left: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...(left as object), writtenAt: world.now(), ...note }));
  const held = await holdDatabase(world);
  const reader = world.spawn(['ships']);
  const early = await Promise.race([reader.done, delay(2000)]);
  await held.release();

  expect(early).toBeUndefined();
  expect((await reader.done).exitCode).toBe(0);
});

test('the note of a run is for its owner alone', async () => {
  const world = await embeddedWorld();
  await world.run();

  expect(modeOf((await stat(join(world.dataDir, 'last-run.json'))).mode)).toBe('600');
});

test('while a run is at work status answers, and the others say since when and how far', async () => {
  const world = await embeddedWorld();
  await world.run();
  const running = await startRunAtWork(world);

  const status = await world.spawn(['status', '--json', '--max-age', '45m']).done;
  expect(status.exitCode).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({
    isFresh: true,
    runs: [{ finishedAt: null }, { outcome: 'complete' }],
    regions: [{ stale: false }, { stale: false }, { stale: false }],
  });
  const ships = await world.spawn(['ships']).done;
  expect(ships.exitCode).toBe(75);
  expect(ships.stderr).toMatch(
    /a run has been at work in the embedded database since .* UTC \((it reads the listings|\d of 3 regions done, \d+ new contracts stored)\): try again when it has ended/,
  );
  await running.stop();
});

test('after a run that was killed the database is read as it stands', async () => {
  const world = await embeddedWorld();
  await world.run();
  await (await startRunAtWork(world)).stop();

  const { exitCode, stdout } = await world.spawn(['ships', '--json']).done;

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).not.toEqual([]);
});

diskTest('a pass, a dry run and readers leave the folder for temporary files alone', async () => {
  const world = await embeddedWorld();
  const { folder } = await mountSmallDisk('size=4k');
  await world.run([], { TMPDIR: folder });
  const env = { TMPDIR: folder };

  for (const args of [['run', '--dry-run'], ['ships'], ['status'], ['doctor']]) {
    expect((await world.spawn(args, env).done).exitCode).toBe(0);
  }
  expect(await readdir(folder)).toEqual([]);
});

test('a data directory stays small, and its tables are looked after', async () => {
  const world = await embeddedWorld();
  await world.run();
  for (const seed of [1, 2]) {
    world.nextListing({ seed, share: 0.5 });
    await world.run();
  }
  const log = (await readdir(join(world.dataDir, 'pgdata', 'pg_wal'))).filter((name) =>
    /^[0-9A-F]{24}$/.test(name),
  );
  expect(log.length).toBeLessThanOrEqual(2);
  expect(await unseenTables(join(world.dataDir, 'pgdata'))).toEqual([]);
});

/** Tables with rows that the planner knows nothing of. */
async function unseenTables(folder: string): Promise<readonly unknown[]> {
  const pglite = await PGlite.create(folder);
  onTestFinished(() => pglite.close());
  const { rows } = await pglite.query(`
    SELECT relname FROM pg_class
    WHERE relname IN ('contracts', 'contract_items', 'regions', 'esi_type_cache') AND reltuples < 0`);
  return rows;
}

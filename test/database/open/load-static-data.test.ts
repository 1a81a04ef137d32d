import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { readJsonRows } from '../../../src/database/json-rows.ts';
import { loadStaticData } from '../../../src/database/open/load-static-data.ts';
import { saveGroups, storedGroups } from '../../../src/database/tables/groups.ts';
import { saveLocations, saveSystems } from '../../../src/database/tables/places.ts';
import { findRegionNames, findRegions, saveRegions } from '../../../src/database/tables/regions.ts';
import { fileNameOf, type StaticData } from '../../../src/static-data/static-data.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { LATER } from '../tables/rows.ts';

const ASKED = { lastRefreshedAt: LATER, refreshError: null };
const JITA = 30000142;
const JITA_4_4 = 60003760;

const DATA: StaticData = {
  version: '2026-01-31',
  notice: '',
  regions: [[10000002, 'The Forge']],
  constellations: [[20000020, 'Kimotoro', 10000002]],
  systems: [[JITA, 'Jita', 20000020, 10000002, 0.9459]],
  stations: [[JITA_4_4, 'Jita IV - Moon 4 - Caldari Navy Assembly Plant', JITA, null]],
  gates: [[JITA, 30000144]],
  categories: [[6, 'Ship', true]],
  groups: [[25, 'Frigate', 6, true]],
  hulls: [],
};

async function folderWith(data: Partial<StaticData>): Promise<string> {
  const folder = await tempFolder();
  const whole = { ...DATA, ...data };
  await writeFile(join(folder, fileNameOf(whole.version)), gzipSync(JSON.stringify(whole)));
  return folder;
}

async function load(database: Database, data: Partial<StaticData> = {}) {
  return loadStaticData(database, database.transact, LATER, await folderWith(data));
}

async function valueIn(database: Database, table: string, column: string, where: string) {
  const sql = `SELECT json_build_array(${column})::text AS rows FROM ${table} WHERE ${where}`;
  return (await readJsonRows<unknown>(database, sql))[0];
}

const nameOfJita = (database: Database) =>
  valueIn(database, 'systems', 'name', `system_id = ${JITA}`);
const nameOfStation = (database: Database) =>
  valueIn(database, 'locations', 'name', `location_id = ${JITA_4_4}`);

onEachDatabase("CCP's static data", (database) => {
  test('are loaded once, and again when the program brings newer ones', async () => {
    expect(await load(database())).toBe('2026-01-31');
    const { rowsWritten } = database().counters;
    expect(await load(database())).toBeUndefined();
    expect(database().counters.rowsWritten).toBe(rowsWritten);

    const renamed = [[JITA, 'New Jita', 20000020, 10000002, 0.9]] as const;
    expect(await load(database(), { version: '2026-11-20', systems: renamed })).toBe('2026-11-20');
    expect(await nameOfJita(database())).toBe('New Jita');
    // Of an older program beside a newer one.
    expect(await load(database())).toBeUndefined();
    expect(await nameOfJita(database())).toBe('New Jita');
  });

  test('leave alone what ESI has said, and fill in what it did not know', async () => {
    const { transact } = database();
    const station = { kind: 'station', systemId: null, typeId: null } as const;
    await transact(async (sql) => {
      const jita = { systemId: JITA, name: 'By ESI', constellationId: 1, regionId: 2 };
      await saveSystems(sql, [{ ...jita, securityStatus: 0.1, ...ASKED }]);
      const unknown = { lastRefreshedAt: LATER, refreshError: 'ESI does not know this station' };
      await saveLocations(sql, [{ locationId: JITA_4_4, name: null, ...station, ...unknown }]);
      const group = { groupId: 25, name: 'By ESI', categoryId: 7, published: false };
      await saveGroups(sql, [{ ...group, ...ASKED }]);
    });

    await load(database());

    expect(await nameOfJita(database())).toBe('By ESI');
    expect(await nameOfStation(database())).toContain('Caldari Navy Assembly Plant');
    expect(await storedGroups(database())).toMatchObject([{ name: 'By ESI', categoryId: 7 }]);
  });

  test('name all regions, of which only those that were read have a state', async () => {
    const region = {
      regionId: 10000043,
      name: 'By ESI',
      snapshotLastModified: LATER,
      listedContracts: 3,
      capped: false,
      checkedAt: LATER,
      heldBackLastModified: null,
    };
    await saveRegions(database(), [region]);

    await load(database(), {
      regions: [
        [10000002, 'The Forge'],
        [10000043, 'Domain'],
      ],
    });

    expect(await findRegions(database())).toEqual([region]);
    expect(await findRegionNames(database())).toEqual(
      new Map([
        [10000002, 'The Forge'],
        [10000043, 'By ESI'],
      ]),
    );
  });

  test('are loaded again into tables that somebody has emptied', async () => {
    await load(database());
    await database().execute('TRUNCATE systems');
    expect(await load(database())).toBe('2026-01-31');
    expect(await nameOfJita(database())).toBe('Jita');
  });
});

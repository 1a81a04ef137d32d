import {
  readStaticData,
  STATIC_DATA_FOLDER,
  type StaticData,
  staticDataVersion,
} from '../../static-data/static-data.ts';
import type { SqlExecutor, Transact } from '../database.ts';
import { loadCategories, loadGroups } from '../tables/groups.ts';
import {
  loadConstellations,
  loadLocations,
  loadSystems,
  type SystemJump,
  saveJumps,
} from '../tables/places.ts';
import { loadRegionNames } from '../tables/regions.ts';

const NAME = 'new_eden';

/** A database that somebody has emptied has no data of any version. */
const SELECT_VERSION = `
SELECT version FROM static_data WHERE name = $1
  AND EXISTS (SELECT 1 FROM systems) AND EXISTS (SELECT 1 FROM locations WHERE kind = 'station')
  AND EXISTS (SELECT 1 FROM system_jumps) AND EXISTS (SELECT 1 FROM constellations)
  AND EXISTS (SELECT 1 FROM esi_groups) AND EXISTS (SELECT 1 FROM esi_categories)`;

const SAVE_VERSION = `
INSERT INTO static_data (name, version, loaded_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET version = excluded.version, loaded_at = excluded.loaded_at`;

/** The version of CCP's static data that the database holds; undefined for none. */
async function loadedVersion(executor: SqlExecutor): Promise<string | undefined> {
  const [row] = await executor.query<{ version: string }>(SELECT_VERSION, NAME);
  return row?.version;
}

/**
 * Loads the data that come with the program, in one transaction, where the database holds none or
 * older ones. What ESI has said stays.
 *
 * @param folder where the data file is
 * @returns the version that was loaded; undefined when there was nothing to do
 */
export async function loadStaticData(
  read: SqlExecutor,
  write: Transact,
  now: Date,
  folder = STATIC_DATA_FOLDER,
): Promise<string | undefined> {
  const loaded = await loadedVersion(read);
  const shipped = staticDataVersion(folder);
  // A database that a newer version has filled keeps what that brought.
  if (loaded !== undefined && loaded >= shipped) return undefined;
  const data = readStaticData(folder);
  await write(async (sql) => {
    await loadAll(sql, data);
    await sql.execute(SAVE_VERSION, NAME, data.version, now);
  });
  return data.version;
}

async function loadAll(sql: SqlExecutor, data: StaticData): Promise<void> {
  await loadRegionNames(
    sql,
    data.regions.map(([regionId, name]) => ({ regionId, name })),
  );
  await loadConstellations(
    sql,
    data.constellations.map(([constellationId, name, regionId]) => ({
      constellationId,
      name,
      regionId,
    })),
  );
  await loadSystems(
    sql,
    data.systems.map(([systemId, name, constellationId, regionId, securityStatus]) => ({
      systemId,
      name,
      constellationId,
      regionId,
      securityStatus,
    })),
  );
  await loadLocations(
    sql,
    data.stations.map(([locationId, name, systemId, typeId]) => ({
      locationId,
      kind: 'station' as const,
      name,
      systemId,
      typeId,
    })),
  );
  await saveJumps(sql, data.gates.map(toJump));
  await loadCategories(
    sql,
    data.categories.map(([categoryId, name, published]) => ({ categoryId, name, published })),
  );
  await loadGroups(
    sql,
    data.groups.map(([groupId, name, categoryId, published]) => ({
      groupId,
      name,
      categoryId,
      published,
    })),
  );
}

function toJump([fromSystemId, toSystemId]: StaticData['gates'][number]): SystemJump {
  return { fromSystemId, toSystemId };
}

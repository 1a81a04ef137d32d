import type { StaticData } from '../../src/static-data/static-data.ts';
import type { Archive } from './archive.ts';
import { type Celestial, type NameParts, type NpcStation, stationName } from './station-names.ts';

interface Row {
  readonly _key: number;
}

interface NamedRow extends Row {
  readonly name: { readonly en: string };
}

/** "Ship". */
const SHIP_CATEGORY_ID = 6;
const NOTICE =
  'EVE Online and all related data are property of CCP hf., used under the EVE Developer License Agreement.';

/** What the program ships, from CCP's archive. @throws when the archive lacks something */
export async function assemble(archive: Archive): Promise<StaticData> {
  const groups = await tuples(archive, 'groups', (row: NamedRow & Grouped) => [
    ...named(row),
    row.categoryID,
    row.published,
  ]);
  const hullGroups = new Set(groups.filter(isOfShips).map(([groupId]) => groupId));
  return {
    version: await releaseDay(archive),
    notice: NOTICE,
    regions: await tuples(archive, 'mapRegions', named),
    constellations: await tuples(
      archive,
      'mapConstellations',
      (row: NamedRow & { regionID: number }) => [...named(row), row.regionID],
    ),
    systems: await tuples(archive, 'mapSolarSystems', (row: NamedRow & SolarSystem) => [
      ...named(row),
      row.constellationID,
      row.regionID,
      row.securityStatus,
    ]),
    stations: await readStations(archive),
    gates: await tuples(archive, 'mapStargates', (row: Row & Stargate) => [
      row.solarSystemID,
      row.destination.solarSystemID,
    ]),
    categories: await tuples(archive, 'categories', (row: NamedRow & { published: boolean }) => [
      ...named(row),
      row.published,
    ]),
    groups,
    hulls: await readHulls(archive, hullGroups),
  };
}

interface Grouped {
  readonly categoryID: number;
  readonly published: boolean;
}

interface SolarSystem {
  readonly constellationID: number;
  readonly regionID: number;
  readonly securityStatus: number;
}

interface Stargate {
  readonly solarSystemID: number;
  readonly destination: { readonly solarSystemID: number };
}

/** One tuple a row, in the order of its numbers. */
async function tuples<R extends Row, Tuple extends readonly [number, ...unknown[]]>(
  archive: Archive,
  file: string,
  tupleOf: (row: R) => Tuple,
): Promise<Tuple[]> {
  const all: Tuple[] = [];
  for await (const row of archive.rows<R>(file)) all.push(tupleOf(row));
  return all.sort((one, other) => one[0] - other[0] || Number(one[1]) - Number(other[1]) || 0);
}

function named({ _key, name }: NamedRow): [number, string] {
  return [_key, name.en];
}

function isOfShips([, , categoryId, isPublished]: readonly unknown[]): boolean {
  return categoryId === SHIP_CATEGORY_ID && isPublished === true;
}

async function releaseDay(archive: Archive): Promise<string> {
  for await (const { releaseDate } of archive.rows<{ releaseDate: string }>('_sde')) {
    return releaseDate.slice(0, 10);
  }
  throw new Error('the archive does not tell its release');
}

async function readStations(archive: Archive): Promise<StaticData['stations']> {
  const parts = await readNameParts(archive);
  return tuples(archive, 'npcStations', (row: NpcStation) => [
    row._key,
    stationName(row, parts),
    row.solarSystemID,
    row.typeID,
  ]);
}

async function readNameParts(archive: Archive): Promise<NameParts> {
  const celestials = new Map<number, Celestial>();
  for (const file of ['mapStars', 'mapPlanets', 'mapMoons']) {
    for await (const row of archive.rows<Celestial & Row>(file)) celestials.set(row._key, row);
  }
  return {
    celestials,
    systemNames: await names(archive, 'mapSolarSystems'),
    corporationNames: await names(archive, 'npcCorporations'),
    operationNames: await names(archive, 'stationOperations', ({ operationName }) => operationName),
  };
}

async function names(
  archive: Archive,
  file: string,
  nameOf = ({ name }: OperationRow) => name,
): Promise<ReadonlyMap<number, string>> {
  const all = new Map<number, string>();
  for await (const row of archive.rows<OperationRow>(file)) all.set(row._key, nameOf(row).en);
  return all;
}

/** A row of a file whose rows are called by `name`, or of operations. */
interface OperationRow extends NamedRow {
  readonly operationName: { readonly en: string };
}

async function readHulls(
  archive: Archive,
  hullGroups: ReadonlySet<number>,
): Promise<readonly string[]> {
  const hulls: string[] = [];
  type TypeRow = NamedRow & { readonly groupID: number; readonly published: boolean };
  for await (const { name, groupID, published } of archive.rows<TypeRow>('types')) {
    if (published && hullGroups.has(groupID)) hulls.push(name.en);
  }
  return hulls.sort();
}

import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { readStaticData } from '../../src/static-data/static-data.ts';
import { REPOSITORY } from '../support/repository.ts';
import { tempFolder } from '../support/temp-folder.ts';

const execute = promisify(execFile);
const name = (en: string) => ({ name: { en, de: `${en} (de)` } });

/** As CCP's files are: ids are `_key`, names come in many languages, those of stations not at all. */
const FILES: Readonly<Record<string, readonly object[]>> = {
  _sde: [{ _key: 'sde', buildNumber: 3142455, releaseDate: '2026-11-20T11:14:02Z' }],
  mapRegions: [{ _key: 10000002, ...name('The Forge'), constellationIDs: [20000020] }],
  mapConstellations: [{ _key: 20000020, ...name('Kimotoro'), regionID: 10000002 }],
  mapSolarSystems: [
    { ...system(30000144, 'Perimeter'), securityStatus: 0.9531 },
    { ...system(30000142, 'Jita'), securityStatus: 0.9459 },
  ],
  mapStargates: [
    { _key: 50001249, solarSystemID: 30000144, destination: { solarSystemID: 30000142 } },
    { _key: 50001248, solarSystemID: 30000142, destination: { solarSystemID: 30000144 } },
  ],
  mapStars: [{ _key: 40009076, solarSystemID: 30000142 }],
  mapPlanets: [
    { _key: 40009082, solarSystemID: 30000142, celestialIndex: 4, orbitID: 40009076 },
    { _key: 40009129, solarSystemID: 30000144, celestialIndex: 9, uniqueName: { en: 'Home' } },
  ],
  mapMoons: [{ _key: 40009087, solarSystemID: 30000142, celestialIndex: 4, orbitIndex: 14 }],
  npcCorporations: [{ _key: 1000035, ...name('Caldari Navy') }],
  stationOperations: [{ _key: 26, operationName: { en: 'Assembly Plant' } }],
  npcStations: [
    { ...station(60003760, 40009087), useOperationName: true },
    station(60003757, 40009082),
    { ...station(60003758, 40009076), useOperationName: false },
    station(60003761, 40009129),
  ],
  categories: [{ _key: 6, ...name('Ship'), published: true }],
  groups: [
    { _key: 25, ...name('Frigate'), categoryID: 6, published: true },
    { _key: 18, ...name('Mineral'), categoryID: 4, published: true },
    { _key: 2001, ...name('Citizen Ships'), categoryID: 6, published: false },
  ],
  types: [
    { _key: 587, ...name('Rifter'), groupID: 25, published: true },
    { _key: 582, ...name('Bantam'), groupID: 25, published: true },
    { _key: 588, ...name('Not yet'), groupID: 25, published: false },
    { _key: 589, ...name('Nobody’s'), groupID: 2001, published: true },
    { _key: 34, ...name('Tritanium'), groupID: 18, published: true },
  ],
};

function system(_key: number, called: string) {
  return { _key, ...name(called), constellationID: 20000020, regionID: 10000002 };
}

function station(_key: number, orbitID: number) {
  return {
    _key,
    orbitID,
    solarSystemID: 30000142,
    typeID: 52678,
    ownerID: 1000035,
    operationID: 26,
  };
}

async function archiveOf(files: typeof FILES): Promise<string> {
  const path = join(await tempFolder(), 'jsonl.zip');
  const zip = new ZipFile();
  for (const [file, rows] of Object.entries(files)) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    zip.addBuffer(Buffer.from(lines), `${file}.jsonl`);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

function make(archive: string, folder: string) {
  const command = ['--import', 'tsx', 'build/static-data/main.ts', archive, folder];
  return execute(process.execPath, command, { cwd: REPOSITORY });
}

it('the data file is made from the archive of CCP, and takes the place of the one before', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'new-eden-2026-01-31.json.gz'), 'old');

  await make(await archiveOf(FILES), folder);

  expect(await readdir(folder)).toEqual(['new-eden-2026-11-20.json.gz']);
  expect(readStaticData(folder)).toEqual({
    version: '2026-11-20',
    notice: expect.stringContaining('property of CCP hf.'),
    regions: [[10000002, 'The Forge']],
    constellations: [[20000020, 'Kimotoro', 10000002]],
    systems: [
      [30000142, 'Jita', 20000020, 10000002, 0.9459],
      [30000144, 'Perimeter', 20000020, 10000002, 0.9531],
    ],
    stations: [
      [60003757, 'Jita IV - Caldari Navy', 30000142, 52678],
      [60003758, 'Jita - Caldari Navy', 30000142, 52678],
      [60003760, 'Jita IV - Moon 14 - Caldari Navy Assembly Plant', 30000142, 52678],
      [60003761, 'Home - Caldari Navy', 30000142, 52678],
    ],
    gates: [
      [30000142, 30000144],
      [30000144, 30000142],
    ],
    categories: [[6, 'Ship', true]],
    groups: [
      [18, 'Mineral', 4, true],
      [25, 'Frigate', 6, true],
      [2001, 'Citizen Ships', 6, false],
    ],
    hulls: ['Bantam', 'Rifter'],
  });
});

it('an archive that lacks something changes nothing, and is told of', async () => {
  const folder = await tempFolder();
  const { npcCorporations: _, ...others } = FILES;
  await writeFile(join(folder, 'new-eden-2026-01-31.json.gz'), 'old');

  const failed = await make(await archiveOf(others), folder).catch((error: Error) => error);

  expect(String(failed)).toContain('the archive holds no npcCorporations.jsonl');
  expect(await readdir(folder)).toEqual(['new-eden-2026-01-31.json.gz']);
});

it('what is shipped is all of New Eden', () => {
  const { regions, constellations, systems, stations, gates, groups, hulls } = readStaticData();

  expect(new Map(systems.map(([id, called]) => [id, called])).get(30000142)).toBe('Jita');
  expect(regions.length).toBeGreaterThanOrEqual(113);
  expect(constellations.length).toBeGreaterThanOrEqual(1175);
  expect(systems.length).toBeGreaterThanOrEqual(8437);
  expect(stations.length).toBeGreaterThanOrEqual(5154);
  expect(gates.length).toBeGreaterThanOrEqual(13776);
  expect(groups.length).toBeGreaterThanOrEqual(1605);
  expect(hulls).toEqual(expect.arrayContaining(['Rifter', 'Avatar']));
});

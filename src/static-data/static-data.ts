import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `prisma/static-data` lies two folders above both `src/static-data` and its bundle. */
export const STATIC_DATA_FOLDER = fileURLToPath(
  new URL('../../prisma/static-data', import.meta.url),
);

const FILE_NAME = /^new-eden-(\d{4}-\d{2}-\d{2})\.json\.gz$/;

/**
 * What CCP publishes of New Eden and its items, as far as the program ships it; rows as tuples, in
 * the order of their ids. EVE Online and all related data are property of CCP hf., used under the EVE
 * Developer License Agreement.
 */
export interface StaticData {
  /** The day of CCP's release: `2026-01-31`. */
  readonly version: string;
  readonly notice: string;
  readonly regions: readonly (readonly [regionId: number, name: string])[];
  readonly constellations: readonly (readonly [id: number, name: string, regionId: number])[];
  readonly systems: readonly SystemTuple[];
  /** Of NPC corporations. The type is not known in every release. */
  readonly stations: readonly StationTuple[];
  /** Each way. */
  readonly gates: readonly (readonly [fromSystemId: number, toSystemId: number])[];
  readonly categories: readonly (readonly [id: number, name: string, published: boolean])[];
  readonly groups: readonly GroupTuple[];
  /** Names of the published types of the ship category, in alphabetical order. */
  readonly hulls: readonly string[];
}

type SystemTuple = readonly [
  systemId: number,
  name: string,
  constellationId: number,
  regionId: number,
  securityStatus: number,
];
type StationTuple = readonly [
  stationId: number,
  name: string,
  systemId: number,
  typeId: number | null,
];
type GroupTuple = readonly [groupId: number, name: string, categoryId: number, published: boolean];

/** `new-eden-2026-01-31.json.gz` */
export function fileNameOf(version: string): string {
  return `new-eden-${version}.json.gz`;
}

/** The version of the data that this program ships, without reading them. @throws when there are none */
export function staticDataVersion(folder = STATIC_DATA_FOLDER): string {
  const versions = readdirSync(folder).flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
  const version = versions.sort().at(-1);
  if (version === undefined) throw new Error(`there are no static data in ${folder}`);
  return version;
}

/** All of the data; 15 ms and 8 MB. */
export function readStaticData(folder = STATIC_DATA_FOLDER): StaticData {
  // Each start of the program would load it else, for 5 ms.
  const { gunzipSync } = process.getBuiltinModule('node:zlib');
  const bytes = readFileSync(join(folder, fileNameOf(staticDataVersion(folder))));
  return JSON.parse(gunzipSync(bytes).toString()) as StaticData;
}

/** The parts of CCP's data by which a station is called; ids are those of the files' `_key`. */
export interface NameParts {
  readonly systemNames: ReadonlyMap<number, string>;
  readonly celestials: ReadonlyMap<number, Celestial>;
  readonly corporationNames: ReadonlyMap<number, string>;
  readonly operationNames: ReadonlyMap<number, string>;
}

/** A star, planet or moon. */
export interface Celestial {
  readonly solarSystemID: number;
  /** Of a planet, and of the planet of a moon. */
  readonly celestialIndex?: number;
  /** Of a moon. */
  readonly orbitIndex?: number;
  /** The few that have a name of their own. */
  readonly uniqueName?: { readonly en: string };
}

/** A station as CCP's data have it. */
export interface NpcStation {
  readonly _key: number;
  readonly solarSystemID: number;
  readonly typeID: number;
  readonly ownerID: number;
  readonly operationID: number;
  readonly useOperationName?: boolean;
  readonly orbitID: number;
}

const NUMERALS: readonly (readonly [value: number, numeral: string])[] = [
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

/**
 * The name of a station, which CCP's data do not tell: "Jita IV - Moon 4 - Caldari Navy Assembly
 * Plant" (developers.eveonline.com/docs/guides/staticdata, "Celestial names").
 *
 * @throws when a part of it is missing
 */
export function stationName(station: NpcStation, parts: NameParts): string {
  const { ownerID, operationID, useOperationName, orbitID } = station;
  const orbit = orbitName(found(parts.celestials, orbitID, 'celestial'), parts.systemNames);
  const owner = found(parts.corporationNames, ownerID, 'corporation');
  if (useOperationName !== true) return `${orbit} - ${owner}`;
  return `${orbit} - ${owner} ${found(parts.operationNames, operationID, 'operation')}`;
}

function orbitName(celestial: Celestial, systemNames: ReadonlyMap<number, string>): string {
  const { solarSystemID, celestialIndex, orbitIndex, uniqueName } = celestial;
  if (uniqueName !== undefined) return uniqueName.en;
  const system = found(systemNames, solarSystemID, 'system');
  if (celestialIndex === undefined) return system;
  const planet = `${system} ${roman(celestialIndex)}`;
  return orbitIndex === undefined ? planet : `${planet} - Moon ${orbitIndex}`;
}

function roman(value: number): string {
  const [step, numeral] = NUMERALS.find(([of]) => of <= value) ?? [];
  return step === undefined ? '' : `${numeral}${roman(value - step)}`;
}

function found<Value>(values: ReadonlyMap<number, Value>, id: number, what: string): Value {
  const value = values.get(id);
  if (value === undefined) throw new Error(`the archive does not tell of ${what} ${id}`);
  return value;
}

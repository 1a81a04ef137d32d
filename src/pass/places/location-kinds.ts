import type { LocationKind } from '../../database/tables/places.ts';

/** Ranges of ids (developers.eveonline.com/docs/guides/id-ranges): from, and up to but without. */
const SYSTEMS = [30_000_000, 33_000_000] as const;
/** With the outposts that became stations. */
const STATIONS = [60_000_000, 64_000_000] as const;
/** Items that players spawned, their structures among them. */
const FIRST_SPAWNED = 1_000_000_000_000;

/** What a location is, by its id alone. */
export function kindOf(locationId: number): LocationKind {
  if (isIn(locationId, STATIONS)) return 'station';
  return locationId >= FIRST_SPAWNED ? 'structure' : 'other';
}

/** The system that a location is itself; null for all others. */
export function systemIn(locationId: number): number | null {
  return isIn(locationId, SYSTEMS) ? locationId : null;
}

function isIn(id: number, [first, end]: readonly [number, number]): boolean {
  return id >= first && id < end;
}

import {
  type CourierRoute,
  findUnrouted,
  readStarMap,
  saveRoutes,
} from '../../database/tables/courier-routes.ts';
import type { Store } from '../store.ts';
import { WayFinder } from './shortest-ways.ts';

/** Computes the ways of the couriers that have none yet, each pair of systems once a map. */
export async function routeCouriers({ read, write }: Store): Promise<void> {
  const { mapVersion, pairs } = await findUnrouted(read);
  if (pairs.length === 0) return;
  const finder = new WayFinder(await readStarMap(read));
  const routes: CourierRoute[] = [];
  for (const [startSystemId, ends] of byStart(pairs)) {
    const ways = finder.ways(startSystemId, ends);
    for (const [index, way] of ways.entries()) {
      const endSystemId = ends[index];
      if (endSystemId !== undefined)
        routes.push({ startSystemId, endSystemId, ...way, mapVersion });
    }
  }
  await write((sql) => saveRoutes(sql, routes));
}

function byStart(pairs: readonly (readonly [number, number])[]): Map<number, number[]> {
  const ends = new Map<number, number[]>();
  for (const [start, end] of pairs) ends.set(start, [...(ends.get(start) ?? []), end]);
  return ends;
}

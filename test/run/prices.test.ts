import { expect } from 'vitest';
import { contractsOf, itemsOf, takeAway } from '../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

serverTest('`prices` tells what a hull went for, whatever the way to print', async () => {
  const world = await startWorld({ contracts: 200 });
  const soon = world.now().getTime() + 86_400_000;
  const sold = contractsOf(world.universe, THE_FORGE).find(
    (row) =>
      row.type === 'item_exchange' &&
      (row.price ?? 0) > 0 &&
      Date.parse(row.date_expired) > soon &&
      ['single_ship', 'packaged_ships'].includes(world.universe.kinds.get(row.contract_id) ?? ''),
  );
  if (sold === undefined) throw new Error('no ship');
  const [{ type_id: typeId, quantity } = { type_id: 0, quantity: 1 }] = itemsOf(
    world.universe,
    sold,
  );
  const { name } = world.universe.types.get(typeId) ?? { name: '' };
  await world.run();
  takeAway(world.universe, THE_FORGE, (row) => row === sold);
  const error = 'Contract accepted by player, requires authorization';
  world.universe.afterlives.set(sold.contract_id, { status: 403, error });
  world.nextListing();
  await world.run();

  const json = await world.command(['prices', name, '--region', 'The Forge', '--json']);
  const table = await world.command(['prices', String(typeId)]);
  const csv = await world.command(['prices', name, '--format', 'csv', '--days', '1']);

  const rows = JSON.parse(json.stdout) as Record<string, unknown>[];
  const each = Math.round((100 * (sold.price ?? 0)) / quantity) / 100;
  expect(rows.find(({ group }) => group === 'confirmed')).toMatchObject({
    typeId,
    item: name,
    n: 1,
    median: each,
  });
  expect(table.stdout).toMatch(new RegExp(`^${name}, all regions, ended from 2026-08-09`));
  expect(table.stdout).toMatch(/^confirmed +1 /m);
  expect(csv.stdout).toContain(`${typeId},${name},false,,,,confirmed,1,1,`);
});

serverTest('`prices` refuses what it does not know, by name', async () => {
  const world = await startWorld();
  await world.run();
  const unknown = await world.command(['prices', 'No such thing']);
  expect(unknown.exitCode).toBe(64);
  expect(unknown.stderr).toContain('knows no type called');
  expect((await world.command(['prices'])).exitCode).toBe(64);
  expect((await world.command(['prices', '587', '--days', '99999'])).exitCode).toBe(64);
});

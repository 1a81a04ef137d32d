import { expect, test } from 'vitest';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import { serverTest, startWorld, type World } from '../support/run-world.ts';

const COUNT = 'SELECT type, count(*) AS n FROM contracts GROUP BY type ORDER BY type';

async function lastWords(world: World, args: readonly string[]) {
  const { exitCode, stdout, stderr } = await world.command(['sql', ...args]);
  return { exitCode, stdout, said: JSON.parse(stderr.trim().split('\n').at(-1) ?? '{}').msg };
}

async function expectAnswers(world: World): Promise<void> {
  await world.run();
  const expected = (await world.tables.rows('contracts')).length;
  const { exitCode, stdout } = await world.command(['sql', '--json', COUNT]);
  expect(exitCode).toBe(0);
  const rows = JSON.parse(stdout) as { type: string; n: number }[];
  expect(rows.map(({ type }) => type)).toEqual(expect.arrayContaining(['auction', 'courier']));
  expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(expected);
}

serverTest('a SELECT is answered from the server that the settings name', async () => {
  await expectAnswers(await startWorld());
});

test('a SELECT is answered from the embedded database, which it leaves as it was', async () => {
  const world = await startWorld({ embedded: true });
  await prepareEmbedded(world.dataDir);
  await expectAnswers(world);
  const refused = await lastWords(world, ['SELECT no_such_thing FROM contracts']);
  expect(refused).toEqual({
    exitCode: 64,
    stdout: '',
    said: [
      'column "no_such_thing" does not exist',
      'LINE 1: SELECT no_such_thing FROM contracts',
      '               ^',
    ].join('\n'),
  });
  world.nextListing();
  expect((await world.run()).exitCode).toBe(0);
});

test('what takes too long is given up, on time, though PGlite cannot be interrupted', async () => {
  const world = await startWorld({ embedded: true });
  const endless = 'SELECT count(*) FROM generate_series(1, 1e15::bigint)';
  const { exitCode, said } = await lastWords(world, ['--time-limit', '3s', endless]);
  expect(exitCode).toBe(1);
  expect(said).toBe('the statement took longer than 3.0 s: --time-limit gives it more');
});

test('before the first run there are the tables, empty, and word of it', async () => {
  const world = await startWorld({ embedded: true });
  const { exitCode, stdout, stderr } = await world.command(['sql', 'TABLE ship_offers']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^contract_id +link .*\n0 rows\n$/);
  expect(stderr).toContain('nothing is stored yet');
});

test('an empty statement is wrong usage', async () => {
  const world = await startWorld({ embedded: true });
  expect(await lastWords(world, [' '])).toMatchObject({
    exitCode: 64,
    said: 'the statement is empty',
  });
});

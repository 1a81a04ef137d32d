import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canPack } from '../../fixtures/everef/archive.ts';
import { type ArchiveServer, startArchiveServer } from '../../fixtures/everef/server.ts';
import { archiveNow, importArchives } from '../support/archive-world.ts';
import { contractsOf } from '../support/run-universe.ts';
import { hasServers, startWorld, type World } from '../support/run-world.ts';

const webTest = test.runIf(canPack && hasServers);

async function startServer(): Promise<ArchiveServer> {
  const server = await startArchiveServer();
  onTestFinished(server.close);
  return server;
}

/** Archives of three half hours, each in the folder of its day. @returns their paths */
async function publish(world: World, server: ArchiveServer): Promise<string[]> {
  const paths: string[] = [];
  for (let half = 0; half < 3; half += 1) {
    const file = await archiveNow(world);
    const path = `/history/2026/2026-09-08/${basename(file)}`;
    server.archives.set(path, await readFile(file));
    paths.push(path);
    world.forward(30);
  }
  return paths;
}

const asked = ({ requests }: ArchiveServer) =>
  requests.map(({ path, status }) => `${status} ${basename(path)}`);

webTest('the archives of a folder on a web server come in the order of their time', async () => {
  const world = await startWorld({ contracts: 60 });
  const server = await startServer();
  const paths = await publish(world, server);
  const { exitCode, summary } = await importArchives(world, `${server.url}/history/2026`);
  expect(exitCode).toBe(0);
  expect(summary.archives).toMatchObject({ imported: 3 });
  expect(asked(server).sort()).toEqual([
    '200 index.json',
    '200 index.json',
    ...paths.map((path) => `200 ${basename(path)}`),
  ]);
  const imports = await world.tables.rows('archive_imports');
  expect(imports.map(({ source }) => source).sort()).toEqual(
    paths.map((path) => server.url + path),
  );
});

webTest('with --every, only the first archive of each span is asked for', async () => {
  const world = await startWorld({ contracts: 60 });
  const server = await startServer();
  const [first = '', , third = ''] = await publish(world, server);
  const { summary } = await importArchives(
    world,
    '--every',
    '1h',
    `${server.url}/history/2026/index.json`,
  );
  expect(summary.archives.imported).toBe(2);
  const archives = asked(server).filter((line) => !line.endsWith('index.json'));
  expect(archives).toEqual([first, third].map((path) => `200 ${basename(path)}`));
});

webTest('what has not changed since is not sent again', async () => {
  const world = await startWorld({ contracts: 60 });
  const server = await startServer();
  const path = '/public-contracts-latest.v2.tar.bz2';
  server.archives.set(path, await readFile(await archiveNow(world)));
  await importArchives(world, server.url + path);
  world.forward(1);
  const { exitCode, summary } = await importArchives(world, server.url + path);
  expect({ exitCode, archives: summary.archives }).toEqual({
    exitCode: 0,
    archives: { imported: 0, unchanged: 1, old: 0, failed: 0 },
  });
  expect(asked(server)).toEqual([`200 ${basename(path)}`, `304 ${basename(path)}`]);
});

webTest('a server in trouble is asked again, a few times, and then left in peace', async () => {
  const world = await startWorld({ contracts: 60 });
  const server = await startServer();
  const [first = '', second = ''] = await publish(world, server);
  server.troubles.set(first, [503, 429]);
  server.troubles.set(second, [500, 502, 503, 504, 500]);
  const urls = [first, second, '/nowhere.tar.bz2'].map((path) => server.url + path);
  const { exitCode, summary } = await importArchives(world, ...urls);
  expect(exitCode).toBe(1);
  expect(summary.archives).toEqual({ imported: 1, unchanged: 0, old: 0, failed: 2 });
  expect(summary.failures.map(({ message }) => message).sort()).toEqual(
    [
      `${urls[1]}: it cannot be had (status 504)`,
      `${urls[2]}: it is not there (status 404)`,
    ].sort(),
  );
  const tries = (path: string) => server.requests.filter((request) => request.path === path).length;
  expect([tries(first), tries(second), tries('/nowhere.tar.bz2')]).toEqual([3, 4, 1]);
  expect((await world.tables.rows('contracts')).length).toBe(contractsOf(world.universe).length);
});

webTest('an archive that has moved is found, but not a server that only redirects', async () => {
  const world = await startWorld({ contracts: 60 });
  const server = await startServer();
  const [path = ''] = await publish(world, server);
  server.moved.set('/old.tar.bz2', path);
  server.moved.set('/round.tar.bz2', '/round.tar.bz2');
  const urls = ['/old.tar.bz2', '/round.tar.bz2'].map((name) => server.url + name);
  const { summary } = await importArchives(world, ...urls);
  expect(summary.archives).toMatchObject({ imported: 1, failed: 1 });
  expect(summary.failures[0]?.message).toContain('redirected too often');
});

webTest.each([
  ['no-such-host.invalid/a.tar.bz2', 1],
  ['127.0.0.1:1/folder/', 1],
])('a server that is not there is told of: %s', async (place, exitCode) => {
  const world = await startWorld({ contracts: 60 });
  const result = await world.command(['import', `http://${place}`]);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stdout + result.stderr).toContain('it cannot be had');
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { listen } from '../../esi/http/loopback.ts';
import { freePort } from '../../support/machine.ts';
import { expectNoSecret } from '../../support/run-process.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const KEY = 'fqOOd6-F4MMNuCEnzTU01w';
const PATH = `/${KEY}/contracts`;

interface Ping {
  readonly url: string;
  readonly text: string;
}

function startSmallWorld(): Promise<World> {
  return startWorld({ contracts: 12, regionIds: [THE_FORGE] });
}

/** A server that notes the pings it gets. */
async function startPingServer(
  answer: (response: ServerResponse) => void = (response) => response.end('OK'),
): Promise<{ readonly PING_URL: string; readonly pings: Ping[] }> {
  const pings: Ping[] = [];
  const { url } = await listen((request: IncomingMessage, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      pings.push({ url: request.url ?? '', text });
      answer(response);
    });
  });
  return { PING_URL: `${url}${PATH}`, pings };
}

serverTest('a run pings when it begins and when it is complete', async () => {
  const world = await startSmallWorld();
  const { PING_URL, pings } = await startPingServer();

  const { summary, log } = await world.run(['--ping-url', PING_URL]);

  expect(pings).toEqual([
    { url: `${PATH}/start?rid=${summary.runId}`, text: '' },
    {
      url: `${PATH}?rid=${summary.runId}`,
      text: expect.stringMatching(/^complete, exit code 0, .* 1 of 1 regions, 12 contracts/),
    },
  ]);
  expect(log.filter(({ level }) => level !== 'info')).toEqual([]);
});

serverTest(
  'a run that fails pings its exit code, with the reason and without passwords',
  async () => {
    const world = await startSmallWorld();
    const { PING_URL, pings } = await startPingServer();
    const DATABASE_URL = `postgres://me:hunter2@127.0.0.1:${await freePort()}/d`;

    const { summary } = await world.run([], { PING_URL, DATABASE_URL });

    expect(summary.exitCode).toBe(74);
    expect(pings.map(({ url }) => url)).toEqual([
      `${PATH}/start?rid=${summary.runId}`,
      `${PATH}/74?rid=${summary.runId}`,
    ]);
    expect(pings[1]?.text).toMatch(/^failed, exit code 74, .*\n.*see that the server runs/);
    expect(pings[1]?.text).not.toContain('hunter2');
  },
);

serverTest('a run without a lock server pings only that it failed', async () => {
  const world = await startSmallWorld();
  const { PING_URL, pings } = await startPingServer();

  const { summary } = await world.run([], {
    PING_URL,
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
  });

  expect(pings.map(({ url }) => url)).toEqual([`${PATH}/69?rid=${summary.runId}`]);
});

serverTest('a run that is stopped pings that', async () => {
  const world = await startSmallWorld();
  const { PING_URL, pings } = await startPingServer();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 30_000 } });

  const running = world.startRun([], { PING_URL });
  await expect.poll(() => world.esi.requestsTo('listing').length, { timeout: 30_000 }).toBe(1);
  running.kill('SIGTERM');
  const { summary } = world.read(await running.done);

  expect(summary.exitCode).toBe(143);
  expect(pings.at(-1)?.url).toBe(`${PATH}/143?rid=${summary.runId}`);
});

serverTest('a run that finds another at work pings nothing', async () => {
  const world = await startSmallWorld();
  const { PING_URL, pings } = await startPingServer();
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const { summary } = await world.run([], { PING_URL });

  expect(summary.exitCode).toBe(75);
  expect(pings).toEqual([]);
});

serverTest('a dry run pings nothing', async () => {
  const world = await startSmallWorld();
  const { PING_URL, pings } = await startPingServer();

  const { summary } = await world.run(['--dry-run'], { PING_URL });

  expect(summary.exitCode).toBe(0);
  expect(pings).toEqual([]);
});

serverTest('the work does not wait for the first ping to be answered', async () => {
  const world = await startSmallWorld();
  let requestsAtAnswer = 0;
  const { PING_URL, pings } = await startPingServer((response) => {
    const answer = () => {
      requestsAtAnswer = world.esi.requestsTo('items').length;
      response.end('OK');
    };
    if (pings.length > 1) return void response.end('OK');
    void expect
      .poll(() => world.esi.requestsTo('items').length, { timeout: 9000 })
      .toBeGreaterThan(0)
      .then(answer, answer);
  });

  const { summary } = await world.run([], { PING_URL });

  expect(summary.exitCode).toBe(0);
  expect(requestsAtAnswer).toBeGreaterThan(0);
  expect(pings).toHaveLength(2);
});

serverTest('pings that do not arrive are warnings that tell no URL', async () => {
  const world = await startSmallWorld();
  const PING_URL = `http://127.0.0.1:${await freePort()}${PATH}`;

  const result = await world.run(['--log-level', 'trace'], { PING_URL });

  expect(result.summary).toMatchObject({ outcome: 'complete', exitCode: 0, failureCount: 0 });
  expect(result.log.filter(({ level }) => level === 'warn')).toMatchObject([
    { msg: expect.stringContaining('PING_URL'), reason: expect.stringContaining('ECONNREFUSED') },
    { msg: expect.stringContaining('PING_URL') },
  ]);
  expectNoSecret(result, [KEY, PATH, PING_URL]);
});

serverTest('a ping URL that is none is a wrong setting, and is not repeated', async () => {
  const world = await startSmallWorld();

  const result = await world.command(['run', '--ping-url', `hc-ping.com${PATH}`]);

  expect(result.exitCode).toBe(78);
  expect(result.stderr).toContain('PING_URL: expected a URL that starts with http://');
  expectNoSecret(result, [KEY]);
});

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openServerDatabase } from '../../src/database/open/server.ts';
import { UndiciTransport } from '../../src/esi/http/undici-transport.ts';
import { RedisConnection } from '../../src/redis.ts';
import { EsiHarness, failureOf } from '../esi/esi-harness.ts';
import { eavesdrop, TLS_REQUEST } from '../support/eavesdropper.ts';
import { recordLog } from '../support/recorded-log.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { type Certificate, hasOpenssl, TestAuthority } from '../support/test-authority.ts';

/** A ClientHello begins with it: all that may be sent before the certificate was seen. */
const HANDSHAKE = 0x16;

async function newAuthority() {
  const authority = await TestAuthority.create(await tempFolder(), 'authority');
  return { authority, of: (names: string) => authority.certify('server', names) };
}

async function queryFailure(port: number, authority: string): Promise<unknown> {
  const url = `postgres://me:hunter2@localhost:${port}/d?sslmode=verify-full&sslrootcert=${authority}`;
  const database = openServerDatabase(url, { connections: 1, clock: systemClock });
  onTestFinished(() => database.close());
  return failureOf(database.query('SELECT 1'));
}

describe.runIf(hasOpenssl)('PostgreSQL with sslmode=verify-full', () => {
  test('that has no TLS hears nothing but the request for it', async () => {
    const { authority } = await newAuthority();
    const { port, heard } = await eavesdrop('no TLS');

    const failure = await queryFailure(port, authority.certificate);

    expect(failure).toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining('SSL'),
    });
    expect(heard()).toEqual(TLS_REQUEST);
  });

  test.each(['DNS:db.test', 'IP:127.0.0.1'])(
    'that is certified for %s and not for its host hears no user and no password',
    async (names) => {
      const { authority, of } = await newAuthority();
      const { port, heard } = await eavesdrop(await of(names));

      const failure = await queryFailure(port, authority.certificate);

      expect(failure).toMatchObject({ name: 'DatabaseError' });
      expect(String(failure)).toMatch(/does not match certificate/);
      expect(heard()).toEqual(TLS_REQUEST);
    },
  );
});

test('a Redis that has no TLS hears no password under rediss:', async () => {
  const { port, heard } = await eavesdrop('silence');

  const opening = RedisConnection.open(`rediss://:hunter2@localhost:${port}`, recordLog().logger);

  expect(await failureOf(opening)).toBeInstanceOf(Error);
  expect(heard()[0]).toBe(HANDSHAKE);
  expect(heard().toString('latin1')).not.toMatch(/AUTH|HELLO|hunter2/i);
});

describe.runIf(hasOpenssl)('ESI by https', () => {
  async function startEsi({ certificate, key }: Certificate) {
    const asked: string[] = [];
    const [cert, keyText] = await Promise.all([readFile(certificate), readFile(key)]);
    const server = createServer({ cert, key: keyText }, (request, response) => {
      asked.push(request.url ?? '');
      response.end('[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { baseUrl: `https://localhost:${(server.address() as AddressInfo).port}`, asked };
  }

  test('whose certificate nobody vouches for is refused, and asked nothing', async () => {
    const { of } = await newAuthority();
    const { baseUrl, asked } = await startEsi(await of('DNS:localhost'));
    const transport = new UndiciTransport(1);
    onTestFinished(() => transport.close());
    const { http } = new EsiHarness({ baseUrl, transport: transport.send });

    const failure = await failureOf(http.send({ path: '/a', route: 'a', shape: 'array' }));

    expect(failure).toMatchObject({ name: 'EsiError', status: undefined });
    expect(String(failure)).toMatch(/certificate/);
    expect(asked).toEqual([]);
  });
});

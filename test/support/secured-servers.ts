import { once } from 'node:events';
import { chmod, chown, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { createClient } from '@redis/client';
import pg from 'pg';
import { freePort } from './machine.ts';
import { startPostgres } from './private-postgres.ts';
import { startRedis } from './private-redis.ts';
import { type Certificate, TestAuthority } from './test-authority.ts';

/** Everybody but the administrator comes with a password, and over TLS. */
const HBA = `host all postgres 127.0.0.1/32 trust
hostssl all all 127.0.0.1/32 scram-sha-256
`;

export const REDIS_PASSWORD = 's3cret-redis';

/** Servers that only talk to who knows them: for `localhost`, certified by an authority of ours. */
export interface SecuredServers {
  /** For the administrator, in plain. */
  readonly adminUrl: string;
  readonly postgresPort: number;
  readonly redisPort: number;
  readonly authority: Certificate;
  /** Nobody's. */
  readonly strangers: Certificate;
  readonly certificate: Certificate;
  stop(): Promise<void>;
}

export async function startSecuredServers(): Promise<SecuredServers> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-agg-tls-'));
  const [authority, strangers] = await Promise.all([
    TestAuthority.create(folder, 'authority'),
    TestAuthority.create(folder, 'strangers'),
  ]);
  const certificate = await authority.certify('server', 'DNS:localhost');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  if (postgres === undefined || redis === undefined) throw new Error('guard it with serverTest');
  await securePostgres(postgres.url, certificate);
  return {
    adminUrl: postgres.url,
    postgresPort: Number(new URL(postgres.url).port),
    redisPort: await secureRedis(redis.url, certificate),
    authority,
    strangers,
    certificate,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function securePostgres(url: string, { certificate, key }: Certificate): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ hba_file: string }>('SHOW hba_file');
  const hbaFile = rows[0]?.hba_file ?? '';
  await writeFile(hbaFile, HBA);
  // The server insists on a key of its own that nobody else can read.
  const { uid } = await stat(hbaFile);
  for (const [from, name] of [
    [certificate, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    const file = join(dirname(hbaFile), name);
    await copyFile(from, file);
    await chown(file, uid, -1);
    await chmod(file, 0o600);
  }
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

/** @returns the port on which it talks TLS */
async function secureRedis(url: string, { certificate, key }: Certificate): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  const port = await freePort();
  await client.configSet({
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-auth-clients': 'no',
    'tls-ca-cert-file': certificate,
    'tls-port': String(port),
    requirepass: REDIS_PASSWORD,
  });
  client.destroy();
  return port;
}

/** Puts TLS before a server that has none. */
export async function startTlsFront(targetUrl: string, { certificate, key }: Certificate) {
  const target = new URL(targetUrl);
  const [cert, keyText] = await Promise.all([readFile(certificate), readFile(key)]);
  const server = createTlsServer({ cert, key: keyText }, (socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

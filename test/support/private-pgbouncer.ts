import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './machine.ts';
import type { PrivateServer } from './private-postgres.ts';

/** Where Debian installs it. */
export const PGBOUNCER = '/usr/sbin/pgbouncer';

/**
 * Starts a PgBouncer of our own in front of a server, in transaction mode: else as it is installed,
 * with the one setting that every driver needs.
 */
export async function startPgbouncer(serverUrl: string): Promise<PrivateServer> {
  const server = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), 'contracts-agg-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const url = new URL(serverUrl);
  url.port = String(await freePort());
  await writeFile(
    file,
    `[databases]
* = host=${server.hostname} port=${server.port || 5432} user=${server.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${url.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = extra_float_digits
`,
  );
  await chmod(folder, 0o755);
  const args = process.getuid?.() === 0 ? ['-u', 'postgres', file] : [file];
  const pooler = spawn(PGBOUNCER, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(pooler, 'exit');
  for await (const line of createInterface(pooler.stderr)) {
    if (line.includes('process up')) break;
  }
  pooler.stderr.resume();
  return {
    url: url.href,
    stop: async () => {
      pooler.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findOnPath, freePort } from './machine.ts';
import type { PrivateServer } from './private-postgres.ts';

export interface PrivateRedis extends PrivateServer {
  readonly pid: number;
}

/**
 * Starts a Redis or Valkey of our own; undefined when neither is installed.
 *
 * @param port one that is free; a server that comes back has the one of before
 */
export async function startRedis(port?: number): Promise<PrivateRedis | undefined> {
  const folder = (await findOnPath('redis-server')) ?? (await findOnPath('valkey-server'));
  if (folder === undefined) return undefined;
  const name = (await findOnPath('redis-server')) ? 'redis-server' : 'valkey-server';
  const dir = await mkdtemp(join(tmpdir(), 'contracts-agg-redis-'));
  const usedPort = port ?? (await freePort());
  const args = ['--port', `${usedPort}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir];
  const server = spawn(join(folder, name), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  let isReady = false;
  for await (const line of createInterface(server.stdout)) {
    isReady = line.includes('Ready to accept connections');
    if (isReady) break;
  }
  if (!isReady) throw new Error(`${name} did not start on port ${usedPort}`);
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${usedPort}`,
    pid: server.pid ?? 0,
    stop: async () => {
      server.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

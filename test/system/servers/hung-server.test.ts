import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import { startPostgres } from '../../support/private-postgres.ts';
import { onServer } from '../../support/use-database.ts';

const CHILD = fileURLToPath(new URL('hung-server-child.ts', import.meta.url));
const ANSWER_TIMEOUT_MS = 1000;
/** Longer than the test waits. */
const LONG_MS = 600_000;
const PATIENCE = { timeout: 20_000, interval: 20 };

/** A process that is connected to a server which hangs. */
async function startChild(answerTimeoutMs: number): Promise<ChildProcess> {
  const server = await startPostgres();
  if (server === undefined) throw new Error('no PostgreSQL is installed');
  onTestFinished(server.stop);
  const options = { execArgv: ['--import', 'tsx'] };
  const child = fork(CHILD, [server.url, String(answerTimeoutMs)], options);
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await once(child, 'message')).toContain('connected');
  const pids = await server.pids();
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  onTestFinished(() => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  });
  return child;
}

async function expectEnd(child: ChildProcess): Promise<void> {
  await vi.waitUntil(() => child.exitCode !== null, PATIENCE);
  expect(child.exitCode).toBe(0);
}

onServer('a server that gives no answer', (open, url) => {
  test('ends the statement in bounded time', async () => {
    const child = await startChild(ANSWER_TIMEOUT_MS);

    child.send('ask');

    const [failure] = await once(child, 'message');
    expect(failure).toBe('DatabaseError: no answer from the database in 1 s');
    await expectEnd(child);
  });

  test('is left without its goodbye', async () => {
    const child = await startChild(LONG_MS);

    child.send('leave');

    await expectEnd(child);
  });

  test('loses its connection with the transaction, whose work is undone', async () => {
    const [administrator, holder] = [open(), open()];
    await administrator.execute('CREATE TABLE marks (attempt integer)');
    await administrator.execute('CREATE TABLE things (id integer)');
    const database = openServerDatabase(url(), {
      connections: 1,
      clock: systemClock,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    onTestFinished(() => database.close());
    let failure: unknown;
    await holder.transact(async (sql) => {
      await sql.execute('LOCK TABLE things');
      const work = database.transact(async (blocked) => {
        await blocked.execute('INSERT INTO marks VALUES (1)');
        await blocked.query('SELECT * FROM things');
      });
      failure = await work.catch((error: unknown) => error);
    });

    expect(failure).toMatchObject({ name: 'DatabaseError', sqlState: '57014' });
    await database.transact((sql) => sql.execute('INSERT INTO marks VALUES (2)'));
    const marks = () => administrator.query('SELECT attempt FROM marks');
    await vi.waitFor(async () => expect(await marks()).toEqual([{ attempt: 2 }]), PATIENCE);
  });
});

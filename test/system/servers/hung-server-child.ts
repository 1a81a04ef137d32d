/** Run by a test as a process of its own: uses a server that hangs by then, or just leaves it. */
import { systemClock } from '../../../src/clock.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';

const [url = '', answerTimeoutMs] = process.argv.slice(2);
const CONNECTIONS = 4;

// Several connections, of which all but one stay idle.
const database = openServerDatabase(url, {
  connections: CONNECTIONS,
  clock: systemClock,
  answerTimeoutMs: Number(answerTimeoutMs),
});
const sleep = () => database.query('SELECT pg_sleep(0.2)::text');
await Promise.all(Array.from({ length: CONNECTIONS }, sleep));
process.once('message', async (order) => {
  if (order === 'ask') process.send?.(await failureOf(database.query('SELECT 1')));
  await database.close();
  process.disconnect();
});
process.send?.('connected');

function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'none', String);
}

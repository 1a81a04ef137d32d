/** Run by a test as a process of its own, since a crashed PGlite can block it: fills the log. */
import { systemClock } from '../../../src/clock.ts';
import { openEmbeddedDatabase } from '../../../src/database/open/embedded.ts';

const TRANSACTIONS = 200;
const INSERT = `INSERT INTO notes SELECT repeat('x', 300) FROM generate_series(1, 1000)`;

const database = await openEmbeddedDatabase(process.argv[2] ?? '', systemClock);
await database.execute('CREATE TABLE notes (text text)');
let stored = 0;
const failure = await failureOf(async () => {
  for (let number = 0; number < TRANSACTIONS; number += 1) {
    await database.transact((sql) => sql.execute(INSERT));
    stored += 1000;
  }
});
const later = [
  await failureOf(() => database.query('SELECT 1')),
  await failureOf(() => database.execute(INSERT)),
  await failureOf(() => database.transact((sql) => sql.execute(INSERT))),
];
await database.close();
process.send?.({ stored, failure, later });
process.disconnect();

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => 'none',
    (error: { sqlState?: string }) => error.sqlState,
  );
}

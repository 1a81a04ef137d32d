/** Run by a test as a process of its own: starts the embedded database of a folder. */
import { systemClock } from '../../../src/clock.ts';
import { openEmbeddedDatabase } from '../../../src/database/open/embedded.ts';

const database = await openEmbeddedDatabase(process.argv[2] ?? '', systemClock);
await database.close();

/** Run by a test as a process of its own: takes a file lock, says so, and keeps it. */
import { FileLock } from '../../src/lock/file-lock.ts';

try {
  await new FileLock(process.argv[2] ?? '').acquire();
  console.log('held');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(String(error));
}

import { peakMegabytes, type Usage } from '../usage.ts';

/**
 * Runs a comparison in this process, with the URLs of ESI and of the database from the command
 * line, and prints what it used. Start-up and loading are left out.
 */
export async function reportUsage(
  work: (esiUrl: string, databaseUrl: string) => Promise<void>,
): Promise<void> {
  const [esiUrl = '', databaseUrl = ''] = process.argv.slice(2);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work(esiUrl, databaseUrl);
  const { user, system } = process.cpuUsage(before);
  const usage: Usage = {
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: peakMegabytes(),
    startedAtMs: performance.timeOrigin + startedAt,
  };
  process.stdout.write(`${JSON.stringify(usage)}\n`);
}

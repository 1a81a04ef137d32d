import { embeddedInstallation } from '../laboratory.ts';
import { type Part, typesFor } from '../part.ts';
import { usageTable } from '../pass-tables.ts';
import { startEsiProcess } from '../processes.ts';
import { figure, type Table } from '../report.ts';

const SERVERS = 'PostgreSQL and Redis, cold';
const EMBEDDED = 'PGlite and files, cold';

/** The cold pass with everything embedded, and what PGlite adds to the memory. */
export const embeddedPart: Part = {
  name: 'embedded',
  isLong: false,
  run: async ({ laboratory, contracts }) => {
    const types = typesFor(contracts);
    const esi = await startEsiProcess({ contracts, types, latencyMs: 0, spread: false });
    try {
      const servers = await laboratory.installation(esi);
      const onServers = await servers.pass(SERVERS);
      await servers.remove();
      const embedded = await embeddedInstallation(esi);
      const cold = await embedded.pass(EMBEDDED);
      const unchanged = await embedded.pass('PGlite and files, unchanged');
      await embedded.remove();
      const passes = [onServers, cold, unchanged];
      const addedMegabytes = cold.usage.peakMegabytes - onServers.usage.peakMegabytes;
      const times = cold.usage.seconds / onServers.usage.seconds;
      const difference: Table = {
        title: 'What being embedded costs a cold pass',
        head: ['', 'peak MB more', '× time'],
        rows: [[EMBEDDED, addedMegabytes.toFixed(0), figure(times)]],
      };
      const tables = [usageTable('Embedded', passes), difference];
      return { tables, goals: [], data: { passes, addedMegabytes } };
    } finally {
      await esi.stop();
    }
  },
};

import { writeFileSync } from 'node:fs';

// Loaded before the measured command: writes what the whole process used, start-up included.
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = {
    seconds: performance.now() / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
  writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage));
});

import { readFileSync, writeFileSync } from 'node:fs';

// Loaded before the measured command: writes what the whole process used, start-up included. Plain
// JavaScript without imports of ours, so that it adds next to nothing to the start.
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const status = readFileSync('/proc/self/status', 'utf8');
  const usage = {
    seconds: performance.now() / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
    startedAtMs: performance.timeOrigin,
  };
  writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage));
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SINQ_LAISON, startWorld, type World } from '../../support/run-world.ts';
import { ONE_BY_ONE, stallAfter, terminalTest, USUAL } from '../../support/terminal-world.ts';
import { startInTerminal } from '../../support/tmux.ts';

const OUT = 'out.txt';

/** A run whose stderr is a terminal and whose stdout is none, stopped in the middle. */
async function stopMidway(world: World, args: readonly string[], env: Record<string, string>) {
  stallAfter(world, SINQ_LAISON, 3);
  const options = world.processOptions({ ...ONE_BY_ONE, ...env });
  const terminal = await startInTerminal(args, options, USUAL, { after: `>${OUT}` });
  const middle = await terminal.waitFor((screen) => screen.includes('2/3 regions'));
  await terminal.press('C-c');
  const end = await terminal.end();
  return { middle, end, stdout: await readFile(join(world.folder, OUT), 'utf8') };
}

terminalTest('progress does not get into a pipe that takes the summary', async () => {
  const world = await startWorld();

  const { end, stdout } = await stopMidway(world, ['run', '--json'], {});

  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
  expect(end).toContain('run finished (interrupted, exit code 130)');
});

terminalTest('a silent log leaves the progress, and what Ctrl-C does', async () => {
  const world = await startWorld();

  const { middle, end, stdout } = await stopMidway(world, ['run'], { LOG_LEVEL: 'silent' });

  expect(middle).toMatch(/^\[[= ]+\] [^\n]*2\/3 regions[^\n]*$/);
  expect(end).toMatch(/^stopping: finishing what is in hand[^\n]*\n— exit code \d+$/);
  expect(stdout).toMatch(/^interrupted after [\d.]+ s, exit code 130: stopped by Ctrl-C\n/);
});

terminalTest('--log-level debug tells more, and the bar stays below it', async () => {
  const world = await startWorld();

  const { middle } = await stopMidway(world, ['run', '--log-level', 'debug'], {});

  expect(middle).toContain('DEBUG: region done (region ');
  expect(middle.split('\n').at(-1)).toContain('2/3 regions');
});

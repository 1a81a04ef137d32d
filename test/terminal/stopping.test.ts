import { expect } from 'vitest';
import { holdStart } from '../support/held-writes.ts';
import { SINQ_LAISON, startWorld } from '../support/run-world.ts';
import {
  expectScreen,
  ONE_BY_ONE,
  stallAfter,
  terminalTest,
  USUAL,
} from '../support/terminal-world.ts';
import { startInTerminal } from '../support/tmux.ts';

const SMALL_STEPS = { ...ONE_BY_ONE, DB_BATCH_SIZE: '20' };

terminalTest('Ctrl-C stops in order and says what was kept', async () => {
  const world = await startWorld({ contracts: 150 });
  stallAfter(world, SINQ_LAISON, 10);
  const terminal = await startInTerminal(['run'], world.processOptions(SMALL_STEPS), USUAL);
  await terminal.waitFor(
    (screen) =>
      screen.includes('2/3 regions') && world.esi.requestsTo('items').at(-1)?.status === 0,
  );

  await terminal.press('C-c');

  const screen = await terminal.end();
  await expectScreen(screen, 'ctrl-c-80');
  const stored = await world.tables.rows('contracts');
  expect(screen).toContain(`stays: ${stored.length} contracts`);
  expect(await terminal.ask('#{cursor_flag}')).toBe('1');
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
});

terminalTest('a second Ctrl-C ends what cannot be finished', async () => {
  const world = await startWorld();
  await world.run();
  const held = await holdStart(world.databaseUrl ?? '');
  const terminal = await startInTerminal(['run'], world.processOptions(), USUAL);
  await held.waitUntilReached();
  await terminal.waitFor((screen) => screen.includes('getting ready'));

  await terminal.press('C-c');
  await terminal.waitFor((screen) => screen.includes('press Ctrl-C again'));
  await terminal.press('C-c');

  await expectScreen(await terminal.end(), 'ctrl-c-twice-80');
  expect(await terminal.ask('#{cursor_flag}')).toBe('1');
  await held.release();
});

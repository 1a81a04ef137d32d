import { expect } from 'vitest';
import { ANY_ITEMS, contractsOf } from '../../support/run-universe.ts';
import { DOMAIN, SINQ_LAISON, startWorld, THE_FORGE } from '../../support/run-world.ts';
import {
  expectScreen,
  NARROW,
  ONE_BY_ONE,
  stallAfter,
  terminalTest,
  USUAL,
} from '../../support/terminal-world.ts';
import { startInTerminal, type TmuxTerminal } from '../../support/tmux.ts';

const THREE = [THE_FORGE, DOMAIN, SINQ_LAISON];
const LISTING_OF_DOMAIN = new RegExp(`^/contracts/public/${DOMAIN}\\b`);

/** The second region fails, and the third is never done. */
async function startStalledWorld() {
  const world = await startWorld({ contracts: 150, regionIds: THREE });
  world.esi.fault({ match: LISTING_OF_DOMAIN, answer: { kind: 'status', status: 404 } });
  const before = stallAfter(world, SINQ_LAISON, 10);
  const done = contractsOf(world.universe, THE_FORGE).length + before;
  return { world, done };
}

/** Until ESI does not answer any more, and before that is long ago. */
function untilStalled(terminal: TmuxTerminal, done: number): Promise<string> {
  const line = new RegExp(`\\b${done}/\\d+[^\\n]*, [\\d.]+/s, \\d+ s left`);
  return terminal.waitFor((screen) => line.test(screen));
}

terminalTest('progress stands below the log lines', async () => {
  const { world, done } = await startStalledWorld();
  const options = world.processOptions(ONE_BY_ONE);

  const terminal = await startInTerminal(['run'], options, USUAL);

  await expectScreen(await untilStalled(terminal, done), 'progress-80');
  expect(await terminal.ask('#{cursor_flag}')).toBe('1');
});

terminalTest('progress fits into a narrow terminal, and into one that becomes so', async () => {
  const { world, done } = await startStalledWorld();
  const options = world.processOptions(ONE_BY_ONE);

  const terminal = await startInTerminal(['run'], options, NARROW);

  await expectScreen(await untilStalled(terminal, done), 'progress-40');
  await terminal.tmux('resize-window', '-x', '24');
  await terminal.waitFor((screen) => /\n(\[[= ]+\] )?\d+\/\d+(, [\d.]+\/s)?$/.test(screen));
});

terminalTest('progress tells that the error budget is waited for', async () => {
  const world = await startWorld({ regionIds: [THE_FORGE] });
  const headers = { 'X-Esi-Error-Limit-Remain': '4', 'X-Esi-Error-Limit-Reset': '45' };
  const answer = { kind: 'status', status: 403, headers } as const;
  world.esi.fault({ match: ANY_ITEMS, skip: 20, times: 1, answer });

  const terminal = await startInTerminal(['run'], world.processOptions(ONE_BY_ONE), USUAL);

  // The answer that used the budget up counts as well.
  const screen = await terminal.waitFor((text) => /\b21\/60 .*waiting/.test(text));
  await expectScreen(screen, 'waiting-error-budget-80');
});

terminalTest('progress tells in a narrow terminal that ESI asked for a pause', async () => {
  const world = await startWorld({ regionIds: [THE_FORGE] });
  const headers = { 'Retry-After': '45' };
  const answer = { kind: 'status', status: 429, headers } as const;
  world.esi.fault({ match: ANY_ITEMS, skip: 20, times: 1, answer });

  const terminal = await startInTerminal(['run'], world.processOptions(ONE_BY_ONE), NARROW);

  const screen = await terminal.waitFor((text) => text.includes('pause'));
  await expectScreen(screen, 'waiting-pause-40');
});

terminalTest('there is no progress with --no-progress, and none on a dumb terminal', async () => {
  const { world } = await startStalledWorld();
  const ways = [
    { args: ['run', '--no-progress'], env: {} },
    { args: ['run'], env: { TERM: 'dumb' } },
  ];

  for (const { args, env } of ways) {
    world.esi.resetRequests();
    const options = world.processOptions({ ...ONE_BY_ONE, ...env });
    const terminal = await startInTerminal(args, options, USUAL);
    await terminal.waitFor(() => world.esi.requestsTo('items').at(-1)?.status === 0);

    expect(await terminal.screen(true)).not.toMatch(/regions,|getting ready/);
    await terminal.press('C-c');
    await terminal.end();
  }
});

terminalTest('a terminal that does not tell its size gets the usual width', async () => {
  const { world, done } = await startStalledWorld();
  const options = world.processOptions(ONE_BY_ONE);

  const terminal = await startInTerminal(['run'], options, USUAL, { before: 'stty rows 0 cols 0' });

  expect(await untilStalled(terminal, done)).toMatch(/^\[={18} {4}\] /m);
});

import { describe, expect, it } from 'vitest';
import { endPing, startPing } from '../../src/monitoring/ping-message.ts';
import { RUN_ID, summaryOf } from './summaries.ts';

const BASE = 'https://hc-ping.com/5f1b2c3d-aaaa-bbbb-cccc-0123456789ab';

describe('the ping of a run', () => {
  it('goes to /start when it begins, with the id of the run', () => {
    expect(startPing(BASE, RUN_ID)).toEqual({ url: `${BASE}/start?rid=${RUN_ID}`, text: '' });
  });

  it('goes to the URL itself when it was complete', () => {
    const message = endPing(BASE, summaryOf({ outcome: 'complete', exitCode: 0 }));

    expect(message?.url).toBe(`${BASE}?rid=${RUN_ID}`);
  });

  it.each([1, 69, 70, 74, 130, 143])('goes to /%i when that was its exit code', (exitCode) => {
    expect(endPing(BASE, summaryOf({ exitCode }))?.url).toBe(`${BASE}/${exitCode}?rid=${RUN_ID}`);
  });

  it('is none when another run is at work', () => {
    expect(endPing(BASE, summaryOf({ outcome: 'locked', exitCode: 75 }))).toBeUndefined();
  });

  it('says in a line how it ended, and in another what was wrong first', () => {
    expect(endPing(BASE, summaryOf())?.text).toBe(
      'partial, exit code 1, 62.5 s: 6 of 9 regions, 100 contracts listed, 11 new, 31 ship contracts, 1 failures\nno answer\n',
    );
    const good = { outcome: 'complete', exitCode: 0, failureCount: 0, failures: [] } as const;
    expect(endPing(BASE, summaryOf(good))?.text).toBe(
      'complete, exit code 0, 62.5 s: 6 of 9 regions, 100 contracts listed, 11 new, 31 ship contracts\n',
    );
  });

  it.each([
    [`${BASE}/`, `${BASE}/start?rid=${RUN_ID}`],
    [`${BASE}?create=1`, `${BASE}/start?create=1&rid=${RUN_ID}`],
    [`${BASE}#top`, `${BASE}/start?rid=${RUN_ID}`],
    [
      'http://127.0.0.1:8000/ping/key/slug',
      `http://127.0.0.1:8000/ping/key/slug/start?rid=${RUN_ID}`,
    ],
  ])('keeps what else %s says', (base, url) => {
    expect(startPing(base, RUN_ID).url).toBe(url);
  });
});

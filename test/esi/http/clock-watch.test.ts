import { AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { expect, it } from 'vitest';
import { watchClock } from '../../../src/esi/http/clock-watch.ts';
import { httpDate, NOW } from '../esi-harness.ts';
import { ManualClock } from '../manual-clock.ts';

const CONFIG: InternalAxiosRequestConfig = { headers: new AxiosHeaders() };

/** What is told of answers that came one after the other, at the start of the clock. */
async function toldOf(...dates: readonly (string | undefined)[]): Promise<number[]> {
  const told: number[] = [];
  const left = [...dates];
  const send = async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const date = left.shift();
    const headers = date === undefined ? {} : { date };
    return { status: 200, statusText: '', data: '[]', headers, config };
  };
  const transport = watchClock(send, new ManualClock(NOW), (aheadMs) => told.push(aheadMs));
  for (const _date of dates) await transport(CONFIG);
  return told;
}

it.each([
  { about: 'an hour behind ESI', date: httpDate(3600), told: [-3_600_000] },
  { about: 'an hour ahead of ESI', date: httpDate(-3600), told: [3_600_000] },
  { about: 'four minutes off', date: httpDate(240), told: [] },
])('of a clock $about is told $told', async ({ date, told }) => {
  expect(await toldOf(date)).toEqual(told);
});

it('one wrong clock is told of once, by the first answer with a date', async () => {
  expect(await toldOf(undefined, 'garbage', httpDate(3600), httpDate(3600))).toEqual([-3_600_000]);
});

it('a clock that was right at first is not compared again', async () => {
  expect(await toldOf(httpDate(0), httpDate(3600))).toEqual([]);
});

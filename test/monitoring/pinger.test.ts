import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { UndiciTransport } from '../../src/esi/http/undici-transport.ts';
import { type Post, sendPing } from '../../src/monitoring/pinger.ts';
import { startProxy } from '../esi/http/connect-proxy.ts';
import { listen } from '../esi/http/loopback.ts';
import { ManualClock } from '../esi/manual-clock.ts';
import { recordLog } from '../support/recorded-log.ts';

const START = new Date('2026-09-08T12:00:00Z');
/** Of a run that nobody stops. */
const interrupt = new AbortController().signal;
const MESSAGE = { url: 'http://ping.test/key', text: 'complete\n' };

/** Answers with one status after the other; an error is thrown. */
function scripted(...answers: readonly (number | Error)[]): { post: Post; calls: () => number } {
  let calls = 0;
  const post: Post = async () => {
    const answer = answers[calls] ?? 500;
    calls += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { post, calls: () => calls };
}

describe('a ping', () => {
  it('is sent once when it arrives', async () => {
    const { post, calls } = scripted(200);
    const { logger, lines } = recordLog();

    await sendPing(MESSAGE, 3, { post, clock: new ManualClock(START), logger, interrupt });

    expect(calls()).toBe(1);
    expect(lines).toEqual([]);
  });

  it.each([
    ['a server that fails', [503, 200]],
    ['a server that has too much to do', [429, 429, 204]],
    ['a connection that breaks', [new Error('ECONNRESET'), 200]],
  ])('is sent again to %s', async (_, answers) => {
    const { post, calls } = scripted(...answers);
    const { logger, lines } = recordLog();
    const clock = new ManualClock(START, 5000);

    await sendPing(MESSAGE, 3, { post, clock, logger, interrupt });

    expect(calls()).toBe(answers.length);
    expect(lines).toEqual([]);
    expect(clock.leaps).toEqual([1000, 2000].slice(0, answers.length - 1));
  });

  it.each([
    ['a check that is not there', [404], /^status 404$/],
    ['a redirect', [301], /redirects are not followed/],
    ['a server that only fails', [500, 500, 500], /^status 500$/],
    ['a connection that only breaks', [1, 2, 3].map(() => new Error('ECONNRESET')), /ECONNRESET/],
  ])('that does not arrive for %s is a warning, without the URL', async (_, answers, reason) => {
    const { post, calls } = scripted(...answers);
    const { logger, lines } = recordLog();

    await sendPing(MESSAGE, 3, { post, clock: new ManualClock(START, 5000), logger, interrupt });

    expect(calls()).toBe(answers.length);
    expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringMatching(reason) }]);
    expect(lines[0]?.msg).toContain('PING_URL');
    expect(JSON.stringify(lines)).not.toContain('ping.test/key');
  });

  it('is not sent again for a run that is being stopped', async () => {
    const { post, calls } = scripted(503, 200);
    const { logger, lines } = recordLog();
    const clock = new ManualClock(START, 5000);

    await sendPing(MESSAGE, 3, { post, clock, logger, interrupt: AbortSignal.abort() });

    expect(calls()).toBe(1);
    expect(lines).toMatchObject([{ reason: 'status 503' }]);
  });

  it('is given up after 10 s without an answer, and leaves nothing waiting', async () => {
    const { logger, lines } = recordLog();
    const clock = new ManualClock(START);
    const post: Post = (_url, _text, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });

    const sending = sendPing(MESSAGE, 1, { post, clock, logger, interrupt });
    await nextTurn();
    await clock.advance(9999);
    expect(lines).toEqual([]);
    await clock.advance(1);
    await sending;

    expect(lines).toMatchObject([{ reason: 'no answer in 10 s' }]);
    expect(clock.waiting).toBe(0);
  });
});

describe('the way of a ping', () => {
  function transport(environment: Readonly<Record<string, string>> = {}): UndiciTransport {
    const web = new UndiciTransport(1, environment);
    onTestFinished(() => web.close());
    return web;
  }

  it('is a POST with a plain text', async () => {
    const seen: unknown[] = [];
    const { url } = await listen(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push([request.method, request.url, request.headers['content-type'], body]);
      response.end('OK');
    });

    expect(await transport().post(`${url}/key/1`, 'partial\n', AbortSignal.timeout(5000))).toBe(
      200,
    );
    expect(seen).toEqual([['POST', '/key/1', 'text/plain; charset=utf-8', 'partial\n']]);
  });

  it('ends at a redirect', async () => {
    const elsewhere = await listen((_, response) => response.end('OK'));
    const { url, paths } = await listen((_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/key` }).end();
    });
    const { logger, lines } = recordLog();

    const { post } = transport();
    await sendPing({ url: `${url}/key`, text: '' }, 3, {
      post,
      clock: systemClock,
      logger,
      interrupt,
    });

    expect(paths).toEqual(['/key']);
    expect(elsewhere.paths).toEqual([]);
    expect(lines).toMatchObject([{ reason: 'status 302: redirects are not followed' }]);
  });

  it('leads through the proxy of the environment, to a host that only the proxy knows', async () => {
    const { url, paths } = await listen((_, response) => response.end());
    const proxy = await startProxy(url);
    const { post } = transport({ HTTP_PROXY: proxy.url });

    expect(await post('http://ping.invalid/key', '', AbortSignal.timeout(5000))).toBe(200);
    expect(proxy.asked).toEqual(['ping.invalid:80']);
    expect(paths).toEqual(['/key']);
  });

  it('does not hang on an answer that never ends', async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200).write('O');
    });

    expect(await transport().post(url, '', AbortSignal.timeout(300))).toBe(200);
  });
});

import { expect, it } from 'vitest';
import { AttemptSignal } from '../../../src/esi/http/attempt-signal.ts';

it('an attempt that runs is neither ended nor late', () => {
  const attempt = new AttemptSignal();

  expect(attempt).toMatchObject({ aborted: false, isTimeout: false });
});

it.each([
  { end: 'the run', isTimeout: false },
  { end: 'its deadline', isTimeout: true },
])('an attempt ended by $end tells every listener, once', ({ isTimeout }) => {
  const attempt = new AttemptSignal();
  const told: string[] = [];
  attempt.addEventListener('abort', () => told.push('one'));
  attempt.addEventListener('abort', () => told.push('other'));

  attempt.abort(isTimeout);
  attempt.abort(isTimeout);

  expect(told).toEqual(['one', 'other']);
  expect(attempt).toMatchObject({ aborted: true, isTimeout });
});

it('what ended an attempt first is the reason', () => {
  const [interrupted, late] = [new AttemptSignal(), new AttemptSignal()];
  interrupted.abort();
  interrupted.abort(true);
  late.abort(true);
  late.abort();

  expect(interrupted.isTimeout).toBe(false);
  expect(late.isTimeout).toBe(true);
});

it('a listener that was removed is told nothing', () => {
  const attempt = new AttemptSignal();
  const told: string[] = [];
  const listener = () => told.push('removed');
  attempt.addEventListener('abort', listener);
  attempt.addEventListener('abort', () => attempt.removeEventListener('abort', listener));
  attempt.removeEventListener('abort', listener);

  attempt.abort();

  expect(told).toEqual([]);
});

it('the state is set before the listeners are told', () => {
  const attempt = new AttemptSignal();
  let seen: unknown;
  attempt.addEventListener('abort', () => {
    seen = { aborted: attempt.aborted, isTimeout: attempt.isTimeout };
  });

  attempt.abort(true);

  expect(seen).toEqual({ aborted: true, isTimeout: true });
});

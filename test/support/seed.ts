/**
 * The seed of what is left to chance: the one that `SEED` gives, to see again what was seen, else
 * one for the day. Whoever uses it puts it into the name of the test, so that a failure tells it.
 */
export function seedOf(environment: NodeJS.ProcessEnv, fallback: number): number {
  const { SEED: text } = environment;
  if (text === undefined || text === '') return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`SEED: expected a number below 10^9, got "${text}"`);
  return Number(text);
}

/** A seed that no run before has had, for the soak. */
export function freshSeed(): number {
  return Date.now() % 1_000_000_000;
}

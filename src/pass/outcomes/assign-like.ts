import type { Likeness, SuccessorOf } from '../../database/tables/outcomes.ts';

/**
 * Of ten equal contracts and one new one like them, one was listed again, not ten: each later
 * contract follows one ended contract at most, the first of both by id.
 *
 * @param pairs ended contracts with later ones like them, ascending by both ids
 * @param taken later contracts that hold the very item of an ended one
 */
export function assignLike(
  pairs: readonly Likeness[],
  taken: ReadonlySet<number>,
): readonly SuccessorOf[] {
  const follows = new Set(taken);
  const assigned = new Map<number, SuccessorOf>();
  for (const { contractId, successor, successorOf } of pairs) {
    const followsAnother = successorOf.some((other) => other !== contractId);
    if (assigned.has(contractId) || follows.has(successor.contractId) || followsAnother) continue;
    follows.add(successor.contractId);
    assigned.set(contractId, { contractId, successor });
  }
  return [...assigned.values()];
}

import type { Row } from '../support/run-tables.ts';

/** What readers of changes and of names see. */
export interface ReadTables {
  readonly contracts: readonly Row[];
  readonly aggregation_runs: readonly Row[];
  readonly esi_names: readonly Row[];
}

/** Somebody who follows the changes, now and then, beginning with nothing. */
export class ChangesReader {
  #since = 0;
  /** Contract → its row as it was seen last. */
  readonly #seen = new Map<number, string>();

  /** Reads what changed in runs that have ended. @returns what was missed */
  look({ contracts, aggregation_runs: runs }: ReadTables): string[] {
    const ended = runs.filter((run) => run['finished_at'] !== null);
    const until = Math.max(0, ...ended.map((run) => Number(run['number'])));
    const faults = until < this.#since ? [`runs went back from ${this.#since} to ${until}`] : [];
    for (const row of contracts) {
      const changedIn = Number(row['changed_in']);
      if (changedIn > this.#since && changedIn <= until) this.#see(row);
    }
    this.#since = until;
    return [...faults, ...contracts.flatMap((row) => this.#missed(row))];
  }

  #see(row: Row): void {
    this.#seen.set(Number(row['contract_id']), JSON.stringify(row));
  }

  #missed(row: Row): string[] {
    const contractId = Number(row['contract_id']);
    if (Number(row['changed_in']) > this.#since) return [];
    const isSeen = this.#seen.get(contractId) === JSON.stringify(row);
    return isSeen ? [] : [`contract ${contractId}: a reader of changes has missed one`];
  }
}

/** Names that are not those that ESI tells. */
export function findWrongNames({ esi_names: names }: ReadTables): string[] {
  return names.flatMap(({ id, name, category }) => {
    const isCorporation = Number(id) >= 98_000_000 && Number(id) < 99_000_000;
    const expected = isCorporation
      ? ['corporation', `Corporation ${id}`]
      : ['character', `Pilot ${id}`];
    const isRight = name === null || (category === expected[0] && name === expected[1]);
    return isRight ? [] : [`${id} is called ${name}, a ${category}`];
  });
}

/** Outstanding contracts whose issuer or corporation has no name, when nothing is wrong any more. */
export function findNameless({ contracts, esi_names: names }: ReadTables): string[] {
  const named = new Set(names.filter((row) => row['name'] !== null).map((row) => row['id']));
  return contracts
    .filter((row) => row['status'] === 'outstanding')
    .flatMap((row) => [row['issuer_id'], row['issuer_corporation_id']])
    .filter((id) => !named.has(id))
    .map((id) => `${id} has no name`);
}

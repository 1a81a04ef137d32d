/** A listed contract with the fields that ESI always sends, and no other. */
export function contractRow(contractId: number, overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    contract_id: contractId,
    issuer_id: 2_112_000_001,
    issuer_corporation_id: 98_000_001,
    type: 'item_exchange',
    date_issued: '2026-09-01T10:00:00Z',
    date_expired: '2026-09-29T10:00:00Z',
    ...overrides,
  };
}

/** Rows of contracts with ids in a row. */
export function contractRows(firstId: number, count: number) {
  return Array.from({ length: count }, (_, index) => contractRow(firstId + index));
}

/** An item row with the fields that ESI always sends, and no other. */
export function itemRow(recordId: number, overrides: Readonly<Record<string, unknown>> = {}) {
  return { record_id: recordId, type_id: 587, quantity: 1, is_included: true, ...overrides };
}

/** Rows of items with record ids in a row. */
export function itemRows(firstId: number, count: number) {
  return Array.from({ length: count }, (_, index) => itemRow(firstId + index));
}

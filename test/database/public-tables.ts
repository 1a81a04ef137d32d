interface PublicTable {
  readonly table: string;
  /** Column → type, with `not null` where a reader need not expect null. */
  readonly columns: Readonly<Record<string, string>>;
  /** What the program keeps for itself: nobody may rely on it. */
  readonly ours: readonly string[];
}

/** The tables as readers depend on them. A change here breaks somebody. */
export const PUBLIC_TABLES: readonly PublicTable[] = [
  {
    table: 'contracts',
    columns: {
      contract_id: 'bigint not null',
      region_id: 'integer not null',
      type: 'text not null',
      title: 'text',
      price: 'numeric(20,2)',
      reward: 'numeric(20,2)',
      collateral: 'numeric(20,2)',
      buyout: 'numeric(20,2)',
      volume: 'double precision',
      days_to_complete: 'integer',
      issuer_id: 'bigint not null',
      issuer_corporation_id: 'bigint not null',
      for_corporation: 'boolean not null',
      start_location_id: 'bigint',
      end_location_id: 'bigint',
      date_issued: 'timestamptz not null',
      date_expired: 'timestamptz not null',
      status: 'text not null',
      first_seen_at: 'timestamptz not null',
      closed_at: 'timestamptz',
      items_status: 'text not null',
      items_fetched_at: 'timestamptz',
      is_ship_contract: 'boolean not null',
      ship_reason: 'text',
      contains_additional_items: 'boolean not null',
      requests_items: 'boolean not null',
      ship_type_id: 'integer',
      quantity: 'bigint',
      is_blueprint_copy: 'boolean',
      runs: 'integer',
      material_efficiency: 'integer',
      time_efficiency: 'integer',
      listed_in: 'bigint',
      changed_in: 'bigint',
      is_baseline: 'boolean not null',
    },
    ours: ['items_attempts', 'items_retry_at'],
  },
  {
    table: 'contract_items',
    columns: {
      contract_id: 'bigint not null',
      record_id: 'bigint not null',
      type_id: 'integer not null',
      quantity: 'bigint not null',
      is_included: 'boolean not null',
      is_blueprint_copy: 'boolean not null',
      item_id: 'bigint',
      runs: 'integer',
      material_efficiency: 'integer',
      time_efficiency: 'integer',
    },
    ours: [],
  },
  {
    table: 'esi_type_cache',
    columns: {
      type_id: 'integer not null',
      name: 'text',
      group_id: 'integer',
      category_id: 'integer',
      published: 'boolean',
      volume: 'double precision',
      packaged_volume: 'double precision',
      market_group_id: 'integer',
      last_refreshed_at: 'timestamptz not null',
      refresh_error: 'text',
    },
    ours: ['is_ship', 'history_after'],
  },
  {
    table: 'regions',
    columns: {
      region_id: 'integer not null',
      name: 'text',
      snapshot_last_modified: 'timestamptz',
      listed_contracts: 'integer not null',
      capped: 'boolean not null',
      checked_at: 'timestamptz',
    },
    ours: ['held_back_last_modified'],
  },
  {
    table: 'aggregation_runs',
    columns: {
      run_id: 'uuid not null',
      started_at: 'timestamptz not null',
      finished_at: 'timestamptz',
      outcome: 'text',
      exit_code: 'smallint',
      summary: 'jsonb',
      number: 'bigint not null',
    },
    ours: ['all_regions'],
  },
];

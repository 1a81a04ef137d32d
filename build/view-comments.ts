type Columns = Readonly<Record<string, string>>;

interface ViewComments {
  readonly name: string;
  readonly comment: string;
  readonly columns: Columns;
}

const CONTRACT: Columns = {
  contract_id: "ESI's id of the contract.",
  link: "Opens the contract when it is pasted into the game's chat.",
  title: 'What the issuer wrote; may be empty.',
};

const ISSUER: Columns = {
  issuer_id: 'The character who issued it.',
  issuer: 'Name of that character; null while it is not known.',
  corporation_id: 'The corporation of that character.',
  corporation: 'Name of that corporation; null while it is not known.',
  for_corporation: 'Issued on behalf of the corporation.',
};

const TIMES: Columns = {
  date_issued: 'When it was issued; of auctions blurred by ESI.',
  date_expired: 'When it ends; of auctions known to the hour only.',
  time_left: 'Until it ends.',
  first_seen_at: 'When a run stored it first.',
};

const CHANGED_IN: Columns = { changed_in: 'Number of the run that last changed it.' };

const REGION: Columns = {
  region_id: 'The region whose listing shows it.',
  region: 'Name of that region.',
};

/** @param prefix `start_` or `end_` of couriers, else nothing */
function placeColumns(prefix: string, where: string): Columns {
  const columns: Columns = {
    location_id: `The station, structure or place where ${where}.`,
    location: 'Name of the station; null for structures of players, which no public route names.',
    location_kind: 'station | structure | other',
    system_id: 'The system of that place; null for structures of players.',
    system: 'Name of that system.',
    security_status: 'Of that system, from -1 to 1, not rounded.',
    security: 'The same to one decimal, as the game shows it.',
    security_class:
      'high from 0.45, low above 0, null at 0 and below, by the status that is not rounded.',
  };
  return Object.fromEntries(
    Object.entries(columns).map(([name, text]) => [`${prefix}${name}`, text]),
  );
}

const KIND: Columns = {
  type_id: 'What it is.',
  is_blueprint_copy: 'A copy of a blueprint.',
  runs: 'Runs of a blueprint copy.',
  material_efficiency: 'Of a blueprint, in percent.',
  time_efficiency: 'Of a blueprint, in percent.',
  quantity: 'So many of it.',
};

const END: Columns = {
  ended_after: "It ended after this: ESI's time of the last complete listing that showed it.",
  ended_before:
    "It ended before this: ESI's time of the first complete listing that did not show it.",
  day: 'Of ended_before, in UTC.',
  ...KIND,
  outcome: 'What became of it, as far as it can be known.',
  outcome_confidence: 'high | medium | none: what the outcome is worth.',
  certainty:
    'confirmed (ESI says that a player accepted it) | likely (the auction ended with a bid) | unknown (sold or withdrawn, nobody can tell which); null where it does not count.',
  price_each:
    'ISK for one: paid where it is confirmed or likely, asked where it is unknown; null where it does not count.',
  issuer_id: 'The character who issued it.',
};

const OFFER: Columns = {
  ...CONTRACT,
  type: 'As ESI says it; unknown values are kept.',
  price: 'ISK that the taker pays; of an auction, the least first bid.',
  buyout: 'ISK that ends an auction at once; 0 for none.',
  ...REGION,
  ...placeColumns('', 'the goods are'),
  ...ISSUER,
  volume: 'Cubic metres.',
  ...TIMES,
  requests_items: 'The issuer asks for items in return.',
  contains_additional_items: 'It has more than one item row, included or requested.',
  ...CHANGED_IN,
};

/** What is said of the views that readers have. */
export const VIEWS: readonly ViewComments[] = [
  {
    name: 'contract_offers',
    comment: 'Contracts of every kind that can be taken now, with names.',
    columns: OFFER,
  },
  {
    name: 'ship_offers',
    comment: 'Ship contracts that can be taken now, with names.',
    columns: {
      ...OFFER,
      ship_type_id: 'The hull.',
      hull: 'Name of the hull.',
      hull_group_id: 'Group of the hull.',
      hull_group: 'Name of that group.',
      quantity: 'So many hulls.',
      price_each: 'ISK for one of them, to the cent.',
      ship_reason: 'Why it is a ship contract: single_ship | ship_with_extras | ship_for_goods',
    },
  },
  {
    name: 'blueprint_offers',
    comment: 'Blueprints that can be had now, one row an item of a contract, with names.',
    columns: {
      ...OFFER,
      blueprint_type_id: 'The type of the blueprint.',
      blueprint: 'Name of that type.',
      quantity: 'So many of it.',
      is_blueprint_copy: 'A copy; false for an original.',
      runs: 'Runs of a copy.',
      material_efficiency: 'In percent.',
      time_efficiency: 'In percent.',
      is_clean: 'The contract sells one kind of thing, asks for nothing in return and has a price.',
      price_per_run: 'ISK for one run, to the cent, of clean copies; else null.',
    },
  },
  {
    name: 'courier_offers',
    comment: 'Couriers that can be taken now, with names and their way by stargates.',
    columns: {
      ...CONTRACT,
      reward: 'ISK that the issuer pays.',
      collateral: 'ISK that a courier leaves as a pledge.',
      volume: 'Cubic metres.',
      days_to_complete: 'Days that a courier has.',
      ...placeColumns('start_', 'the goods are'),
      start_region_id: 'The region whose listing shows it.',
      start_region: 'Name of that region.',
      ...placeColumns('end_', 'they go'),
      end_region_id: 'The region of that system; null for structures of players.',
      end_region: 'Name of that region.',
      jumps: 'Of the shortest way; null where there is none, or an end is not known.',
      jumps_high_sec:
        'Of the shortest way through systems of high security alone; null where there is none.',
      min_security:
        'The lowest security status on the shortest way, the safest where there are several.',
      reward_per_jump: 'ISK; null for no jump.',
      reward_per_m3: 'ISK.',
      ...ISSUER,
      ...TIMES,
      ...CHANGED_IN,
    },
  },
  {
    name: 'contract_goods',
    comment: 'Contracts that hold one kind of thing, whatever they ask for in return.',
    columns: { contract_id: CONTRACT['contract_id'] ?? '', ...KIND },
  },
  {
    name: 'contract_ends',
    comment: 'Ended contracts that hold one kind of thing, and whether they count as prices.',
    columns: {
      contract_id: CONTRACT['contract_id'] ?? '',
      type: 'item_exchange or auction.',
      region_id: 'The region whose listing showed it.',
      ...END,
      excluded:
        'Why it does not count: expired | relisted | asks_in_return | no_price | auction_price_unknown; null where it does.',
    },
  },
  {
    name: 'contract_sales',
    comment:
      'Ended contracts of one kind of thing with a price, one row each, and what is known of their end. Only confirmed and likely ones are sales; nobody can tell how many of the unknown ones were withdrawn.',
    columns: {
      contract_id: CONTRACT['contract_id'] ?? '',
      link: CONTRACT['link'] ?? '',
      type: 'item_exchange or auction.',
      region_id: 'The region whose listing showed it.',
      region: 'Name of that region.',
      ...END,
      item: 'Name of that type; null while it is not known.',
      asked: 'ISK that the issuer asked for all of it; of an auction, the least first bid.',
      paid: 'ISK that it went for, of likely ones at least; null where nobody knows that it was sold.',
      basis: 'What the outcome rests on, in words.',
      issuer: 'Name of that character; null while it is not known.',
      is_ship_contract: 'It sells exactly one row of ships.',
      successor_id: 'The next contract of the same issuer with the same goods.',
      changed_in: 'Number of the run that last changed it.',
    },
  },
  {
    name: 'region_coverage',
    comment: 'How completely each region is stored.',
    columns: {
      region_id: "ESI's id of the region.",
      region: 'Name of the region.',
      listed: 'Contracts that its last listing showed; null for a region that no run reads.',
      stored: 'Outstanding contracts that are stored.',
      capped: "The listing was full to ESI's 35-page limit: the newest contracts are missing.",
      as_of: "ESI's time of the listing that the stored contracts reflect completely.",
      checked_at: 'When a run last brought it up to date.',
      is_complete: 'All that its last listing showed is stored, and the listing was whole.',
    },
  },
];

/** A public contract as ESI's listing shows it. Field names are ESI's, in camel case. */
export interface PublicContract {
  readonly contractId: number;
  /** As ESI says it; values that the specification does not know are kept. */
  readonly type: string;
  readonly issuerId: number;
  readonly issuerCorporationId: number;
  /** ESI leaves the field out when it is false. */
  readonly forCorporation: boolean;
  readonly title: string | null;
  /** ISK, as are reward, collateral and buyout. */
  readonly price: number | null;
  readonly reward: number | null;
  readonly collateral: number | null;
  readonly buyout: number | null;
  /** Cubic metres. */
  readonly volume: number | null;
  readonly daysToComplete: number | null;
  readonly startLocationId: number | null;
  readonly endLocationId: number | null;
  readonly dateIssued: Date;
  readonly dateExpired: Date;
}

/** One item row of a contract. */
export interface ContractItem {
  readonly recordId: number;
  readonly typeId: number;
  readonly quantity: number;
  /** False when the issuer asks for the item in return. */
  readonly isIncluded: boolean;
  readonly isBlueprintCopy: boolean;
  readonly itemId: number | null;
  /** Only on blueprint copies. */
  readonly runs: number | null;
  readonly materialEfficiency: number | null;
  readonly timeEfficiency: number | null;
}

/** An item type (EVE's "type"), as the type cache keeps it. */
export interface ItemType {
  readonly typeId: number;
  readonly name: string;
  readonly groupId: number;
  readonly categoryId: number | null;
  readonly published: boolean;
  /** Cubic metres, assembled. */
  readonly volume: number | null;
  /** Cubic metres, packaged. */
  readonly packagedVolume: number | null;
  readonly marketGroupId: number | null;
}

/** SPEC §5.1: what makes a contract a ship contract, or why it is none. */
export type ShipReason =
  | 'single_ship'
  | 'ship_with_extras'
  | 'ship_for_goods'
  | 'several_ships'
  | 'ship_wanted'
  | 'no_ship'
  | 'not_item_exchange';

/** Everything that is decided from a contract's items. Ship details are null for other contracts. */
export interface Classification {
  readonly isShipContract: boolean;
  /** Null while the items are not known. */
  readonly shipReason: ShipReason | null;
  readonly containsAdditionalItems: boolean;
  readonly requestsItems: boolean;
  readonly shipTypeId: number | null;
  readonly quantity: number | null;
  readonly isBlueprintCopy: boolean | null;
  readonly runs: number | null;
  readonly materialEfficiency: number | null;
  readonly timeEfficiency: number | null;
}

export type ItemsStatus = 'none' | 'pending' | 'fetched' | 'unavailable';

/** The contract types that have items; asking for those of others costs error budget. */
export const TYPES_WITH_ITEMS: ReadonlySet<string> = new Set(['item_exchange', 'auction']);

/** What a stored contract's status can be. */
export const CONTRACT_STATUSES = ['outstanding', 'expired', 'closed'] as const;

export type ContractStatus = (typeof CONTRACT_STATUSES)[number];

/** By the raw security status: high from 0.45, low above 0, null at 0 and below (FACTS §11.11). */
export const SECURITY_CLASSES = ['high', 'low', 'null'] as const;

export type SecurityClass = (typeof SECURITY_CLASSES)[number];

/** Regions by their ids, or every region that ESI lists. */
export type RegionChoice = 'all' | readonly number[];

/** A bid on an auction. */
export interface Bid {
  readonly bidId: number;
  /** ISK. */
  readonly amount: number;
  readonly dateBid: Date;
}

import type { Classification, ContractItem, ShipReason } from '../../model.ts';

const NO_SHIP_DETAILS = {
  shipTypeId: null,
  quantity: null,
  isBlueprintCopy: null,
  runs: null,
  materialEfficiency: null,
  timeEfficiency: null,
} as const;

/** What is stored while a contract's items are not known. */
export const NOT_CLASSIFIED: Classification = {
  isShipContract: false,
  shipReason: null,
  containsAdditionalItems: false,
  requestsItems: false,
  ...NO_SHIP_DETAILS,
};

/**
 * Decides whether a contract sells one ship (SPEC §5.1).
 *
 * @param contractType ESI's type of the contract
 * @param items every item row of the contract, each record once
 * @param isShipType whether a type id belongs to a ship group; false for types that ESI does not know
 */
export function classifyContract(
  contractType: string,
  items: readonly ContractItem[],
  isShipType: (typeId: number) => boolean,
): Classification {
  const ships = items.filter((item) => isShipType(item.typeId));
  const shipReason = reasonOf(contractType, items, ships);
  const isShipContract = isShipReason(shipReason);
  const soldShip = isShipContract ? ships.find((item) => item.isIncluded) : undefined;
  return {
    isShipContract,
    shipReason,
    containsAdditionalItems: items.length > 1,
    requestsItems: items.some((item) => !item.isIncluded),
    ...(soldShip ? shipDetails(soldShip) : NO_SHIP_DETAILS),
  };
}

function reasonOf(
  contractType: string,
  items: readonly ContractItem[],
  ships: readonly ContractItem[],
): ShipReason {
  if (contractType !== 'item_exchange') return 'not_item_exchange';
  const soldShips = ships.filter((item) => item.isIncluded).length;
  if (soldShips === 0) return ships.length > 0 ? 'ship_wanted' : 'no_ship';
  if (soldShips > 1) return 'several_ships';
  if (items.some((item) => !item.isIncluded)) return 'ship_for_goods';
  return items.length > 1 ? 'ship_with_extras' : 'single_ship';
}

function isShipReason(reason: ShipReason): boolean {
  return reason === 'single_ship' || reason === 'ship_with_extras' || reason === 'ship_for_goods';
}

function shipDetails(ship: ContractItem) {
  return {
    shipTypeId: ship.typeId,
    quantity: ship.quantity,
    isBlueprintCopy: ship.isBlueprintCopy,
    runs: ship.runs,
    materialEfficiency: ship.materialEfficiency,
    timeEfficiency: ship.timeEfficiency,
  };
}

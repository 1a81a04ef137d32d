-- CreateIndex
CREATE INDEX "contracts_outstanding_price_idx" ON "contracts"("price", "contract_id")
    WHERE "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_ships_price_idx" ON "contracts"("price", "contract_id")
    WHERE "is_ship_contract" AND "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_location_idx" ON "contracts"("start_location_id")
    WHERE "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_first_seen_at_idx" ON "contracts"("first_seen_at");

-- CreateIndex
CREATE INDEX "contracts_closed_at_idx" ON "contracts"("closed_at")
    WHERE "closed_at" IS NOT NULL;

-- CreateIndex
CREATE INDEX "contract_items_copies_idx" ON "contract_items"("contract_id")
    WHERE "is_blueprint_copy" AND "is_included";

-- A contract has seven items on average; a sample of a large table takes its contracts for far fewer.
ALTER TABLE "contract_items" ALTER COLUMN "contract_id" SET (n_distinct = -0.15);

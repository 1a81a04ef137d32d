-- CreateTable
CREATE TABLE "contracts" (
    "contract_id" BIGINT NOT NULL,
    "region_id" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "title" TEXT,
    "price" DECIMAL(20,2),
    "reward" DECIMAL(20,2),
    "collateral" DECIMAL(20,2),
    "buyout" DECIMAL(20,2),
    "volume" DOUBLE PRECISION,
    "days_to_complete" INTEGER,
    "issuer_id" BIGINT NOT NULL,
    "issuer_corporation_id" BIGINT NOT NULL,
    "for_corporation" BOOLEAN NOT NULL DEFAULT false,
    "start_location_id" BIGINT,
    "end_location_id" BIGINT,
    "date_issued" TIMESTAMPTZ(6) NOT NULL,
    "date_expired" TIMESTAMPTZ(6) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'outstanding',
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "items_status" TEXT NOT NULL,
    "items_fetched_at" TIMESTAMPTZ(6),
    "items_attempts" SMALLINT NOT NULL DEFAULT 0,
    "items_retry_at" TIMESTAMPTZ(6),
    "is_ship_contract" BOOLEAN NOT NULL DEFAULT false,
    "ship_reason" TEXT,
    "contains_additional_items" BOOLEAN NOT NULL DEFAULT false,
    "requests_items" BOOLEAN NOT NULL DEFAULT false,
    "ship_type_id" INTEGER,
    "quantity" BIGINT,
    "is_blueprint_copy" BOOLEAN,
    "runs" INTEGER,
    "material_efficiency" INTEGER,
    "time_efficiency" INTEGER,

    CONSTRAINT "contracts_pkey" PRIMARY KEY ("contract_id")
);

-- CreateTable
CREATE TABLE "contract_items" (
    "contract_id" BIGINT NOT NULL,
    "record_id" BIGINT NOT NULL,
    "type_id" INTEGER NOT NULL,
    "quantity" BIGINT NOT NULL,
    "is_included" BOOLEAN NOT NULL,
    "is_blueprint_copy" BOOLEAN NOT NULL DEFAULT false,
    "item_id" BIGINT,
    "runs" INTEGER,
    "material_efficiency" INTEGER,
    "time_efficiency" INTEGER,

    CONSTRAINT "contract_items_pkey" PRIMARY KEY ("contract_id","record_id")
);

-- CreateTable
CREATE TABLE "esi_type_cache" (
    "type_id" INTEGER NOT NULL,
    "name" TEXT,
    "group_id" INTEGER,
    "category_id" INTEGER,
    "published" BOOLEAN,
    "volume" DOUBLE PRECISION,
    "packaged_volume" DOUBLE PRECISION,
    "market_group_id" INTEGER,
    "last_refreshed_at" TIMESTAMPTZ(6) NOT NULL,
    "refresh_error" TEXT,
    "is_ship" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "esi_type_cache_pkey" PRIMARY KEY ("type_id")
);

-- CreateTable
CREATE TABLE "regions" (
    "region_id" INTEGER NOT NULL,
    "name" TEXT,
    "snapshot_last_modified" TIMESTAMPTZ(6),
    "listed_contracts" INTEGER NOT NULL DEFAULT 0,
    "capped" BOOLEAN NOT NULL DEFAULT false,
    "checked_at" TIMESTAMPTZ(6),
    "held_back_last_modified" TIMESTAMPTZ(6),

    CONSTRAINT "regions_pkey" PRIMARY KEY ("region_id")
);

-- CreateTable
CREATE TABLE "aggregation_runs" (
    "run_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "finished_at" TIMESTAMPTZ(6),
    "outcome" TEXT,
    "exit_code" SMALLINT,
    "summary" JSONB,

    CONSTRAINT "aggregation_runs_pkey" PRIMARY KEY ("run_id")
);

-- CreateIndex
CREATE INDEX "contracts_ships_idx" ON "contracts"("region_id", "ship_type_id", "price")
    WHERE "is_ship_contract" AND "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_ships_by_type_idx" ON "contracts"("ship_type_id", "price")
    WHERE "is_ship_contract" AND "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_outstanding_idx" ON "contracts"("date_expired")
    WHERE "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_region_idx" ON "contracts"("region_id", "status");

-- CreateIndex
CREATE INDEX "contracts_items_backlog_idx" ON "contracts"("region_id")
    WHERE "status" = 'outstanding' AND "items_status" IN ('pending', 'unavailable');

-- CreateIndex
CREATE INDEX "contract_items_type_id_idx" ON "contract_items"("type_id");

-- CreateIndex
CREATE INDEX "esi_type_cache_last_refreshed_at_idx" ON "esi_type_cache"("last_refreshed_at");

-- CreateIndex
CREATE INDEX "aggregation_runs_started_at_idx" ON "aggregation_runs"("started_at");

-- AddForeignKey
ALTER TABLE "contract_items" ADD CONSTRAINT "contract_items_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contracts"("contract_id") ON DELETE CASCADE ON UPDATE CASCADE;

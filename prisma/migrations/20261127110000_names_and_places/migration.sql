-- CreateTable
CREATE TABLE "esi_groups" (
    "group_id" INTEGER NOT NULL,
    "name" TEXT,
    "category_id" INTEGER,
    "published" BOOLEAN,
    "last_refreshed_at" TIMESTAMPTZ(6),
    "refresh_error" TEXT,

    CONSTRAINT "esi_groups_pkey" PRIMARY KEY ("group_id")
);

-- CreateTable
CREATE TABLE "esi_categories" (
    "category_id" INTEGER NOT NULL,
    "name" TEXT,
    "published" BOOLEAN,
    "last_refreshed_at" TIMESTAMPTZ(6),
    "refresh_error" TEXT,

    CONSTRAINT "esi_categories_pkey" PRIMARY KEY ("category_id")
);

-- CreateTable
CREATE TABLE "esi_names" (
    "id" BIGINT NOT NULL,
    "category" TEXT,
    "name" TEXT,
    "last_refreshed_at" TIMESTAMPTZ(6) NOT NULL,
    "refresh_error" TEXT,

    CONSTRAINT "esi_names_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "constellations" (
    "constellation_id" INTEGER NOT NULL,
    "name" TEXT,
    "region_id" INTEGER,
    "last_refreshed_at" TIMESTAMPTZ(6),
    "refresh_error" TEXT,

    CONSTRAINT "constellations_pkey" PRIMARY KEY ("constellation_id")
);

-- CreateTable
CREATE TABLE "systems" (
    "system_id" INTEGER NOT NULL,
    "name" TEXT,
    "constellation_id" INTEGER,
    "region_id" INTEGER,
    "security_status" DOUBLE PRECISION,
    "security" DECIMAL(2,1) GENERATED ALWAYS AS (CASE
        WHEN "security_status" > 0 AND "security_status" < 0.05 THEN 0.1
        ELSE round("security_status"::numeric, 1) END) STORED,
    "security_class" TEXT GENERATED ALWAYS AS (CASE
        WHEN "security_status" >= 0.45 THEN 'high'
        WHEN "security_status" > 0 THEN 'low'
        WHEN "security_status" <= 0 THEN 'null' END) STORED,
    "last_refreshed_at" TIMESTAMPTZ(6),
    "refresh_error" TEXT,

    CONSTRAINT "systems_pkey" PRIMARY KEY ("system_id")
);

-- CreateTable
CREATE TABLE "locations" (
    "location_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT,
    "system_id" INTEGER,
    "type_id" INTEGER,
    "last_refreshed_at" TIMESTAMPTZ(6),
    "refresh_error" TEXT,

    CONSTRAINT "locations_pkey" PRIMARY KEY ("location_id")
);

-- CreateTable
CREATE TABLE "system_jumps" (
    "from_system_id" INTEGER NOT NULL,
    "to_system_id" INTEGER NOT NULL,

    CONSTRAINT "system_jumps_pkey" PRIMARY KEY ("from_system_id", "to_system_id")
);

-- CreateTable
CREATE TABLE "courier_routes" (
    "start_system_id" INTEGER NOT NULL,
    "end_system_id" INTEGER NOT NULL,
    "jumps" INTEGER,
    "jumps_high_sec" INTEGER,
    "min_security" DOUBLE PRECISION,
    "map_version" TEXT NOT NULL,

    CONSTRAINT "courier_routes_pkey" PRIMARY KEY ("start_system_id", "end_system_id")
);

-- CreateTable
CREATE TABLE "static_data" (
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "loaded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "static_data_pkey" PRIMARY KEY ("name")
);

-- AlterTable
ALTER TABLE "regions" ADD COLUMN "is_read" BOOLEAN NOT NULL DEFAULT true;

-- CreateIndex
CREATE INDEX "locations_system_id_idx" ON "locations"("system_id");

-- CreateIndex
CREATE INDEX "contracts_issuer_id_idx" ON "contracts"("issuer_id")
    WHERE "status" = 'outstanding';

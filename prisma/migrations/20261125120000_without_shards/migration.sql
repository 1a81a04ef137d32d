-- AlterTable
ALTER TABLE "regions" DROP COLUMN "planned_contracts";

-- AlterTable
ALTER TABLE "aggregation_runs" DROP COLUMN "plan",
DROP COLUMN "shard";

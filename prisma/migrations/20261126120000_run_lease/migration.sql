-- CreateTable
CREATE TABLE "run_lease" (
    "name" TEXT NOT NULL,
    "token" UUID,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "run_lease_pkey" PRIMARY KEY ("name")
);

/** `prisma generate` insists on a schema engine and never starts it: this machine's Node stands in for the download. */
import { defineConfig } from "prisma/config";

if (process.argv.includes("generate")) process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;

export default defineConfig({ schema: "prisma/schema.prisma", migrations: { path: "prisma/migrations" } });

/**
 * The SQL that turns one Prisma schema into another, without Prisma's native schema engine, which not every network
 * lets through: `node scripts/schema-to-sql.mjs [old.prisma] > prisma/migrations/<time>_<name>/migration.sql`.
 * Without an old schema it starts from nothing; `git show HEAD:packages/db/prisma/schema.prisma` prints one.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { argv, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";

const schemaPath = new URL("../prisma/schema.prisma", import.meta.url);

/**
 * @param {import("pg").ClientConfig} connection of any PostgreSQL; the engine asks for its version.
 * @param {string} [from] path of the old schema; nothing if left out.
 * @returns {Promise<string>}
 */
export async function schemaToSql(connection, from) {
  await loadEngine();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(connection));
  const schemaEngine = await engine.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
  const diff = await schemaEngine.diff({
    from: from === undefined ? { tag: "empty" } : await datamodel(from),
    to: await datamodel(schemaPath),
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return diff.stdout;
}

/** @param {string | URL} path */
async function datamodel(path) {
  const content = await readFile(path, "utf8");
  return { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] };
}

/** The package's own entry imports its .wasm as a module, which Node does not do. */
async function loadEngine() {
  const bytes = await readFile(
    new URL("schema_engine_bg.wasm", import.meta.resolve("@prisma/schema-engine-wasm")),
  );
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { openCluster } = await import("../dist/open-cluster.js");
  stdout.write(await schemaToSql(await openCluster({ home: resolve(".scratch") }), argv[2]));
  exit();
}

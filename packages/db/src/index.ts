export {
  DatabaseUnreachableError,
  openDatabase,
  type OpenDatabaseOptions,
} from "./open-database.js";
export type { Database } from "./database.js";
export { EmbeddedDatabaseError } from "./embedded/embedded-database-error.js";
export { MigrationError } from "./migrate.js";

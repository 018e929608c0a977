/**
 * Where the embedded PostgreSQL of a home lies: data, socket, password, log and, where need be, a copy of the binaries.
 *
 * Everything is in `<home>/postgres`, with two exceptions. PostgreSQL refuses to run as root, so root starts it as the
 * unprivileged user 65534, which reaches nothing under /root: then the cluster lies in /var/lib/convkit, and
 * `<home>/postgres/place.json` says in which folder. And a socket's path has at most 107 bytes (sun_path in
 * <sys/un.h>): the socket of a deep home lies in the temporary folder.
 */
import { createHash, randomBytes } from "node:crypto";
import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";
import { makeSocketFolder, type ClusterUser } from "./socket-folder.js";

export interface ClusterPlace {
  /** Holds the following, with the exceptions above. */
  readonly folder: string;
  readonly data: string;
  /** Where a copy of the binaries goes if one is needed; root's clusters share one. */
  readonly binaries: string;
  readonly socket: string;
  readonly passwordFile: string;
  readonly log: string;
  /** Process id of the keeper. */
  readonly keeperFile: string;
  /** Whom PostgreSQL runs as; null for the user of this process. */
  readonly user: ClusterUser | null;
}

const LONGEST_SOCKET_FOLDER = 107 - "/.s.PGSQL.5432".length;
const NOBODY = { uid: 65534, gid: 65534 };
const ROOTS_FOLDER = "/var/lib/convkit";

const PlaceFile = z.object({ formatVersion: z.literal(1), folder: z.string() });

/**
 * Makes the folders.
 * @param home absolute path.
 * @throws {EmbeddedDatabaseError} if a folder cannot be made, or the socket's is somebody else's.
 */
export async function placeCluster(home: string): Promise<ClusterPlace> {
  const user = process.getuid?.() === 0 ? NOBODY : null;
  try {
    const folder = user === null ? join(home, "postgres") : await folderOfRoot(home);
    const place: ClusterPlace = {
      folder,
      data: join(folder, "data"),
      binaries: user === null ? folder : ROOTS_FOLDER,
      socket: socketFolder(folder),
      passwordFile: join(folder, "password"),
      log: join(folder, "postgres.log"),
      keeperFile: join(folder, "keeper.pid"),
      user,
    };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (user) await chown(folder, user.uid, user.gid);
    await makeSocketFolder(place.socket, user);
    return place;
  } catch (cause) {
    if (cause instanceof EmbeddedDatabaseError) throw cause;
    throw new EmbeddedDatabaseError(
      `Expected to make a folder for the embedded PostgreSQL of ${home}. Received: ${(cause as Error).message}. ` +
        "CONVKIT_HOME names another home; DATABASE_URL names a PostgreSQL of your own.",
      { cause },
    );
  }
}

/** A home that was deleted and made anew gets a new folder: an old database must not come back. */
async function folderOfRoot(home: string): Promise<string> {
  const file = join(home, "postgres", "place.json");
  const found = await readPlaceFile(file);
  if (found !== null) return found;
  const folder = join(ROOTS_FOLDER, randomBytes(6).toString("hex"));
  await mkdir(ROOTS_FOLDER, { recursive: true, mode: 0o755 });
  await mkdir(join(home, "postgres"), { recursive: true });
  try {
    await writeFile(file, `${JSON.stringify({ formatVersion: 1, folder })}\n`, { flag: "wx" });
    return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return (await readPlaceFile(file)) ?? folder;
  }
}

async function readPlaceFile(file: string): Promise<string | null> {
  try {
    return PlaceFile.parse(JSON.parse(await readFile(file, "utf8"))).folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function socketFolder(folder: string): string {
  const inside = join(folder, "socket");
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_FOLDER) return inside;
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return join(tmpdir(), `convkit-${name}`);
}

import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeCluster } from "./cluster-place.js";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";
import { makeSocketFolder } from "./socket-folder.js";

const own = process.getuid!();
const isRoot = own === 0;
/** Two that are not root. */
const USER = { uid: 65534, gid: 65534 };
const STRANGER = { uid: 12345, gid: 12345 };

let temporary: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "convkit-socket-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

describe("makeSocketFolder", () => {
  it("makes a folder for its owner alone, and takes it again", async () => {
    const path = join(temporary, "not yet", "socket");
    await makeSocketFolder(path, null);
    await makeSocketFolder(path, null);
    expect(await lookOf(path)).toEqual({ uid: own, mode: 0o700 });
  });

  it("mends the mode of a folder that others get into", async () => {
    const path = await makeFolder(0o777);
    await makeSocketFolder(path, null);
    expect(await lookOf(path)).toEqual({ uid: own, mode: 0o700 });
  });

  it("refuses a symbolic link, and leaves alone where it leads", async () => {
    const target = await makeFolder(0o755);
    for (const leadsTo of [target, join(temporary, "nowhere")]) {
      const path = join(temporary, "link");
      await symlink(leadsTo, path);
      await expect(makeSocketFolder(path, null)).rejects.toThrow(
        `Expected ${path}, for the socket of the embedded PostgreSQL, to be a folder of the user that it runs as. ` +
          "Received: a symbolic link. TMPDIR names another",
      );
      await rm(path);
    }
    expect(await lookOf(target)).toEqual({ uid: own, mode: 0o755 });
  });

  it("refuses a file", async () => {
    const path = join(temporary, "file");
    await writeFile(path, "");
    await expect(makeSocketFolder(path, null)).rejects.toThrow("Received: no folder.");
  });

  describe.skipIf(!isRoot)("as root", () => {
    it("refuses another user's folder, whoever PostgreSQL runs as", async () => {
      const path = await makeFolder(0o700);
      await chown(path, STRANGER.uid, STRANGER.gid);
      for (const user of [null, USER]) {
        await expect(makeSocketFolder(path, user)).rejects.toThrow(
          `Received: a folder of the user ${STRANGER.uid}.`,
        );
      }
      expect(await lookOf(path)).toEqual({ uid: STRANGER.uid, mode: 0o700 });
    });

    it("gives the folder to the user, finished by whoever comes next, and takes the user's own", async () => {
      const path = await makeFolder(0o755);
      await makeSocketFolder(path, USER);
      expect(await lookOf(path)).toEqual({ uid: USER.uid, mode: 0o700 });
      await chmod(path, 0o770);
      await makeSocketFolder(path, USER);
      expect(await lookOf(path)).toEqual({ uid: USER.uid, mode: 0o700 });
    });
  });
});

describe("placeCluster", () => {
  it("refuses what somebody put in the place of a deep home's socket", async () => {
    const home = join(temporary, "deep".repeat(30));
    vi.stubEnv("TMPDIR", join(temporary, "tmp"));
    // Root's clusters lie where no path is deep, unless the home's own file says another place.
    const folder = join(home, "postgres");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "place.json"), JSON.stringify({ formatVersion: 1, folder }));
    const { socket } = await placeCluster(home);
    expect(socket).toMatch(/\/tmp\/convkit-[0-9a-f]{12}$/);
    await rm(socket, { recursive: true });
    await symlink(temporary, socket);
    await expect(placeCluster(home)).rejects.toThrow(EmbeddedDatabaseError);
    await expect(placeCluster(home)).rejects.toThrow(`Expected ${socket}, for the socket`);
  });
});

async function makeFolder(mode: number): Promise<string> {
  const path = join(temporary, "found");
  await mkdir(path);
  await chmod(path, mode);
  return path;
}

async function lookOf(path: string): Promise<{ uid: number; mode: number }> {
  const { uid, mode } = await lstat(path);
  return { uid, mode: mode & 0o777 };
}

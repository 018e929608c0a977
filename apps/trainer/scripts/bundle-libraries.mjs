/**
 * The bundle's libraries, out of Debian's or Ubuntu's packages: what a host may lack, in three folders, because each is used for
 * another lack. And BusyBox, which unpacks the bundle and is the shell where there is none.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { unpackPackages } from "../../../packages/engine/scripts/debian-packages.mjs";

/**
 * libraries: Vulkan's loader, and what NVIDIA's driver asks for: X11 although it draws nothing, and the dispatch of libglvnd.
 * cxx: what Node's C++ asks for. glibc: Node takes 2.28 or newer, Dawn 2.34.
 */
const LIBRARIES = {
  libraries: {
    libvulkan1: ["libvulkan.so.1"],
    "libx11-6": ["libX11.so.6"],
    libxext6: ["libXext.so.6"],
    libxcb1: ["libxcb.so.1"],
    libxau6: ["libXau.so.6"],
    libxdmcp6: ["libXdmcp.so.6"],
    libbsd0: ["libbsd.so.0"],
    libmd0: ["libmd.so.0"],
    libglvnd0: ["libGLdispatch.so.0"],
    libglx0: ["libGLX.so.0"],
    libegl1: ["libEGL.so.1"],
  },
  cxx: { "libstdc++6": ["libstdc++.so.6"], "libgcc-s1": ["libgcc_s.so.1"] },
  glibc: {
    libc6: [
      "ld-linux-x86-64.so.2",
      "libc.so.6",
      "libm.so.6",
      "libdl.so.2",
      "libpthread.so.0",
      "librt.so.1",
      "libresolv.so.2",
    ],
  },
};
const BUSYBOX = "busybox-static";

/** @param {string} root folder that gets `libraries/`, `cxx/`, `glibc/`, `busybox` and the `licenses/` of all of them. */
export function copyLibraries(root) {
  const scratch = mkdtempSync(path.join(tmpdir(), "convkit-libraries-"));
  try {
    const unpacked = path.join(scratch, "unpacked");
    const packages = [BUSYBOX, ...Object.values(LIBRARIES).flatMap((group) => Object.keys(group))];
    unpackPackages(unpacked, packages);
    const files = new Map();
    for (const file of readdirSync(unpacked, { recursive: true })) {
      if (/x86_64-linux-gnu\/[^/]*\.so\.\d+$/.test(file))
        files.set(path.basename(file), path.join(unpacked, file));
    }
    for (const [group, wanted] of Object.entries(LIBRARIES)) {
      mkdirSync(path.join(root, group));
      for (const name of Object.values(wanted).flat()) {
        copyFileSync(fileOf(name, files), path.join(root, group, name));
      }
    }
    copyFileSync(path.join(unpacked, "bin/busybox"), path.join(root, "busybox"));
    for (const name of packages) copyLicense(name, unpacked, path.join(root, "licenses", name));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** @param {Map<string, string>} files */
function fileOf(name, files) {
  const file = files.get(name);
  if (file !== undefined) return file;
  throw new Error(`Expected ${name} in its package. Received: none. Bundle on Debian 12 or Ubuntu 22.04.`);
}

/** Where a package has its own in another's, the system has that too. */
function copyLicense(name, unpacked, target) {
  const inPackage = path.join("usr/share/doc", name, "copyright");
  const source = [unpacked, "/"].map((root) => path.join(root, inPackage)).find((file) => existsSync(file));
  if (source === undefined)
    throw new Error(`Expected /${inPackage}. Received: none. apt-get install ${name}`);
  cpSync(source, target, { dereference: true });
}

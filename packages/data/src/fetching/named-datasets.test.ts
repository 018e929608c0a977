import { describe, expect, it } from "vitest";
import { findNamedDataset, NAMED_DATASETS, type NamedDataset } from "./named-datasets.js";

const DIGEST_LENGTHS = { md5: 32, sha256: 64, sha512: 128 };

describe.each(Object.entries<NamedDataset>(NAMED_DATASETS))("%s", (name, dataset) => {
  it("is registered under its own name", () => {
    expect(dataset.name).toBe(name);
    expect(findNamedDataset(name)).toBe(dataset);
  });

  it("has whole checksums for every file, placed and fetched", () => {
    const names = Object.keys(dataset.files);
    const checksums = [...Object.values(dataset.files)];
    for (const source of dataset.sources) {
      if (source.kind === "npm") checksums.push(source.tarball.checksum);
      if (source.kind === "archive") checksums.push(source.checksum);
      if (source.kind === "gzipped-files") {
        expect(Object.keys(source.checksums)).toEqual(names);
        checksums.push(...Object.values(source.checksums));
      }
    }
    for (const { algorithm, digest } of checksums) {
      expect(digest).toMatch(/^[0-9a-f]+$/);
      expect(digest).toHaveLength(DIGEST_LENGTHS[algorithm]);
    }
    expect(dataset.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("findNamedDataset", () => {
  it("knows no names that objects inherit", () => {
    expect(findNamedDataset("toString")).toBeUndefined();
    expect(findNamedDataset("./mnist")).toBeUndefined();
  });
});

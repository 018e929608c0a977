import { expect, test } from "vitest";
import { meaningOfHash, suggestDatasets, withSource, withSplits } from "./dataset-choice";

const HASH = "3f2a91c0b7de55aa";
const photos = {
  contentHash: HASH,
  name: "photos",
  source: "/home/alice/photos",
  hasPack: true,
  pictures: 10,
};

test("what the server can hand out is offered by its hash, the rest by name or path, and each once", () => {
  const known = [
    photos,
    { ...photos, contentHash: "older 0123456789", name: "photos" },
    { ...photos, contentHash: "never uploaded", hasPack: false, pictures: 10 },
    { contentHash: "b", name: "cats", source: "./cats", hasPack: false, pictures: 10 },
    { contentHash: "c", name: "cats", source: "./cats", hasPack: false, pictures: 10 },
    { contentHash: "d", name: "cifar10", source: "cifar10", hasPack: true, pictures: 10 },
  ];
  expect(suggestDatasets(["mnist", "cifar10", "mnist"], known)).toEqual([
    { text: "./cats", detail: "not on the server" },
    { text: "/home/alice/photos", detail: "photos, 3f2a91c0b7de", contentHash: HASH },
    { text: "/home/alice/photos", detail: "photos, older 012345", contentHash: "older 0123456789" },
    { text: "cifar10" },
    { text: "mnist" },
  ]);
});

test("a source brings its hash along, and another one drops it", () => {
  const chosen = withSource({ epochs: 3 }, { source: photos.source, contentHash: HASH }, null);
  expect(chosen).toEqual({ epochs: 3, data: { source: photos.source, contentHash: HASH } });
  expect(withSource(chosen, { source: "/home/alice/photo" }, null)).toEqual({
    epochs: 3,
    data: { source: "/home/alice/photo" },
  });
  expect(withSource(chosen, { source: undefined }, null)).toEqual({ epochs: 3, data: {} });
});

test("the source of the run that is repeated brings its own hash back, unless another is chosen for it", () => {
  const base = { data: { source: "/a", contentHash: "of a", imageSize: [8, 8] } };
  const changed = withSource(base, { source: "cifar10" }, base);
  expect(changed).toEqual({ data: { source: "cifar10", imageSize: [8, 8] } });
  expect(withSource(changed, { source: "/a" }, base)).toEqual({
    data: { source: "/a", imageSize: [8, 8], contentHash: "of a" },
  });
  expect(withSource(changed, { source: "/a", contentHash: HASH }, base)).toMatchObject({
    data: { source: "/a", contentHash: HASH },
  });
});

test("another list of splits drops the hash of the one before, which its own brings back", () => {
  const base = { data: { source: "/a", splits: "/a.csv", annotationsHash: "of a" } };
  const changed = withSplits(base, "/b.csv", base);
  expect(changed).toEqual({ data: { source: "/a", splits: "/b.csv" } });
  expect(withSplits(changed, "/a.csv", base)).toEqual(base);
  expect(withSplits(base, undefined, base)).toEqual({ data: { source: "/a" } });
  const elsewhere = withSource(base, { source: "/c" }, base);
  expect(elsewhere).toEqual({ data: { source: "/c", splits: "/a.csv" } });
  expect(withSource(elsewhere, { source: "/a" }, base)).toEqual(base);
  const withoutList = { data: { source: "/a", annotationsHash: "of a" } };
  expect(
    withSource(withSource(withoutList, { source: "/c" }, withoutList), { source: "/a" }, withoutList),
  ).toEqual(withoutList);
  expect(withSplits(changed, "/a.csv", null)).toEqual({ data: { source: "/a", splits: "/a.csv" } });
});

test("a hash is said in words", () => {
  expect(meaningOfHash(undefined, [photos])).toBe("");
  expect(meaningOfHash(HASH, [photos])).toBe(
    "Exactly photos, 3f2a91c0b7de: a worker that lacks it fetches it from the server.",
  );
  expect(meaningOfHash(HASH, [{ ...photos, hasPack: false, pictures: 10 }])).toContain(
    "only a worker that has it",
  );
  expect(meaningOfHash(HASH, [])).toBe("Exactly the pictures with the content hash 3f2a91c0b7de.");
});

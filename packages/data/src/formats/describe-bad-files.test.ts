import { expect, it } from "vitest";
import { describeBadFiles } from "./describe-bad-files.js";
import type { BadFile } from "./dataset-parts.js";

const stray = (path: string): BadFile => ({ path, kind: "stray", reason: "lies in no class folder" });
const other = (path: string): BadFile => ({ path, kind: "other", reason: "not a picture by its name" });
const broken = (path: string): BadFile => ({ path, kind: "broken", reason: "premature end" });

it("counts files by what is wrong with them, and says where stray ones lie", () => {
  const many = Array.from({ length: 1200 }, (_, i) => stray(`extra/cat/${i}.png`));
  expect(
    describeBadFiles([
      ...many,
      stray("a.png"),
      other("cat/b.HEIC"),
      other("cat/c.txt"),
      other("cat/d.heic"),
      broken("cat/e.png"),
    ]),
  ).toBe(
    "1,205 files are left out: 1,201 lie in no class folder (extra/…, a.png), 2 .heic, 1 .txt, 1 cannot be used",
  );
});

it("speaks of one file as of one, and of a few places only", () => {
  expect(describeBadFiles([stray("a.png")])).toBe("1 file is left out: 1 lies in no class folder (a.png)");
  expect(describeBadFiles([other("cat/LICENSE")])).toBe("1 file is left out: 1 without an extension");
  expect(describeBadFiles(["a", "b", "c", "d"].map((name) => stray(`${name}/1.png`)))).toMatch(
    /\(a\/…, b\/…, c\/…, …\)$/,
  );
});

it("says nothing of none", () => {
  expect(describeBadFiles([])).toBeNull();
});

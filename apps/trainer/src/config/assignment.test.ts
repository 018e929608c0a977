import { expect, it } from "vitest";
import { formatAssignment, parseAssignment } from "./assignment.js";
import { ConfigError } from "./config-error.js";

it("reads a dotted path and a JSON value", () => {
  expect(parseAssignment("optimizer.momentum=0.95")).toEqual({ optimizer: { momentum: 0.95 } });
  expect(parseAssignment("earlyStopping=null")).toEqual({ earlyStopping: null });
  expect(parseAssignment("data.imageSize=[64,64]")).toEqual({ data: { imageSize: [64, 64] } });
});

it("takes what is no JSON as text, with every further equals sign", () => {
  expect(parseAssignment("data.root=./a=b")).toEqual({ data: { root: "./a=b" } });
  expect(parseAssignment("name=")).toEqual({ name: "" });
});

it.each(["epochs", "=3", "a..b=1", ".a=1", "__proto__.polluted=1", "a.constructor.b=1"])(
  "refuses %s",
  (text) => {
    expect(() => parseAssignment(text)).toThrow(ConfigError);
    expect({}).not.toHaveProperty("polluted");
  },
);

it.each(["plain text", "64", "true", 64, null, [64, 96], { a: ["b"] }, "", '"quoted"'])(
  "is written so that it is read again: %j",
  (value) => {
    expect(parseAssignment(formatAssignment("data.key", value))).toEqual({ data: { key: value } });
  },
);

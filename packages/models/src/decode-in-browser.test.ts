/** Grey pictures in a page are those that training saw. */
import { expect, it } from "vitest";
import { luminanceOf } from "./decode-in-browser.js";

it("makes grey as the decoder in Node does", () => {
  // sharp 0.35.5 (libvips), toColourspace("b-w") of these colours.
  const greys: Readonly<Record<string, number>> = {
    "255,0,0": 127,
    "0,255,0": 220,
    "0,0,255": 76,
    "10,20,30": 19,
    "200,100,50": 128,
    "128,128,128": 128,
    "3,250,77": 216,
    "1,1,2": 1,
    "1,1,1": 1,
  };
  const rgba = Object.keys(greys).flatMap((colour) => [...colour.split(",").map(Number), 255]);
  expect([...luminanceOf(rgba)]).toEqual(Object.values(greys));
});

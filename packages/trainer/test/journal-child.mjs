/** Fills the journal named by its argument until the file system takes no more, then adds one short line. */
import { statSync } from "node:fs";
import { Journal } from "../dist/index.js";

const path = process.argv[2];
const { journal } = Journal.open(path, "run-1");
// Some 270 bytes a line: neither 1024 nor 2048 is a multiple, and what is left below either takes the short one.
const long = { type: "message", level: "info", text: "x".repeat(140) };
for (let whole = 0; ; whole++) {
  try {
    journal.append(long);
  } catch ({ code }) {
    const sizeBytes = statSync(path).size;
    journal.append({ type: "epochStarted", epoch: 1 });
    journal.close();
    console.log(JSON.stringify({ code, whole, sizeBytes }));
    break;
  }
}

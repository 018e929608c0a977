/** Small pictures of the seeded data sets, drawn here and put into the record as a worker's upload would be. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { crc32, deflateSync } from "node:zlib";
import { addThumbnails, createDiskBlobStore, openDatabase, settleBlob } from "@convkit/db";
import { cardOf, pictureId, TEST_PICTURES, type DatasetName } from "./seed-dataset.js";

const SIZE = 32;

/**
 * The data set must be known already: a run of it has been ingested.
 * @param trainIds of training pictures that are sent beside all of the test set.
 */
export async function seedThumbnails(
  home: string,
  name: DatasetName,
  trainIds: readonly string[] = [],
): Promise<void> {
  const card = cardOf(name);
  const ids = [...Array.from({ length: TEST_PICTURES }, (_, index) => pictureId(index)), ...trainIds];
  const database = await openDatabase({ home });
  try {
    const pictures = ids.map((_, index) => drawPicture(index, card.classNames.length));
    const pack = Buffer.concat(pictures);
    const sha256 = createHash("sha256").update(pack).digest("hex");
    const blobs = createDiskBlobStore(join(home, "blobs"));
    await blobs.receive(sha256, Readable.from([pack]), { offset: 0, totalBytes: pack.length });
    await settleBlob(database, blobs, { sha256, sizeBytes: pack.length });
    let offset = 0;
    await addThumbnails(database, {
      datasetHash: card.contentHash,
      blobSha256: sha256,
      pictures: pictures.map((bytes, index) => {
        const picture = {
          pictureId: ids[index]!,
          split: index < TEST_PICTURES ? "test" : "train",
          label: index % card.classNames.length,
          offset,
          sizeBytes: bytes.length,
        };
        offset += bytes.length;
        return picture;
      }),
    });
  } finally {
    await database.close();
  }
}

/** A disc, a ring or a bar on a ground of the class's hue: enough to tell pictures and classes apart. */
export function drawPicture(index: number, classes: number): Buffer {
  const label = index % classes;
  const turn = (index * 0.618) % 1;
  const rows = Buffer.alloc(SIZE * (SIZE * 3 + 1));
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const [dx, dy] = [x - 10 - turn * 12, y - 16 + Math.sin(index) * 5];
      const distance = Math.hypot(dx, dy);
      const inside = [distance < 8, Math.abs(distance - 8) < 2.5, Math.abs(dx + dy * (turn - 0.5)) < 4][
        label % 3
      ];
      const hue = (label / classes) * 2 * Math.PI + (inside ? 2.2 : 0);
      const light = (inside ? 190 : 90 + y * 1.5) + ((x * 7 + y * 13 + index) % 11);
      const at = y * (SIZE * 3 + 1) + 1 + x * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        rows[at + channel] = Math.max(
          0,
          Math.min(255, light + 55 * Math.cos(hue + (channel * 2 * Math.PI) / 3)),
        );
      }
    }
  }
  return encodePng(rows);
}

/** https://www.w3.org/TR/png-3/: signature, IHDR, IDAT, IEND. */
function encodePng(rows: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, SIZE, 0, 0, 0, SIZE, 8, 2, 0, 0, 0]);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

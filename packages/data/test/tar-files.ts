/** Tars block by block, so that a test says what stands in them: ustar, as POSIX has it. */

export interface TarMember {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** "0" a file, "1" a hard link, "2" a symbolic one, "5" a folder, "x" a pax header, "L" a long name of GNU's. */
  readonly type?: string;
  /** What the header says, where that is not the truth. */
  readonly size?: number;
  /** Joined to the name by a slash. */
  readonly prefix?: string;
}

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

export function encodeTar(members: readonly TarMember[]): Buffer {
  const blocks = members.flatMap(({ name, content = "", type = "0", size, prefix = "" }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${(size ?? bytes.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write("ustar\0" + "00", 257);
    header.write(prefix, 345, 155);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, padded(bytes)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** @param files content by name. */
export const encodeTarOf = (files: Readonly<Record<string, string | Uint8Array>>): Buffer =>
  encodeTar(Object.entries(files).map(([name, content]) => ({ name, content })));

/** A record of a pax header, whose length counts itself. */
export function encodePax(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${keyword}=${value}\n`;
}

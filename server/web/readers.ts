// Which cookies belong to which reader, kept over a restart of the server. A cookie's value is a
// secret, so only its SHA-256 is kept: whoever reads the file cannot use it.
//
// Not here: the token that makes a reader (access.ts), the reader's work (server/session).

import { createHash, randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { sentenceOf } from "../../shared/session/sentence.ts";
import { makePrivateDirectory } from "../session/stateDirectory.ts";
import type { Report } from "./log.ts";

/** The oldest are forgotten beyond this. */
const MOST_READERS = 5000;

const fileFormat = z.strictObject({
  format: z.literal("vethbook readers 1"),
  /** SHA-256 of the cookie in hexadecimal digits → id of the reader. */
  readers: z.array(z.tuple([z.string().regex(/^[0-9a-f]{64}$/), z.string().regex(/^[0-9a-f]+$/)])),
});

/** Readers by their cookies. */
export type Readers = {
  /** The reader with this cookie. */
  find(cookie: string): string | undefined;
  /** A new reader; answers with the cookie's value, which is known nowhere else. */
  add(): Promise<string>;
};

/** Reads the readers of `directory`; without a file there, or a readable one, there are none. */
export async function openReaders(directory: string, report: Report): Promise<Readers> {
  const file = join(directory, "readers.json");
  const known = await readReaders(file, report);
  let writing: Promise<void> = Promise.resolve();
  const save = async () => {
    try {
      await makePrivateDirectory(directory);
      // Another server may have added readers meanwhile.
      for (const [hash, reader] of await readReaders(file, () => undefined)) {
        known.set(hash, reader);
      }
      const readers = [...known].slice(-MOST_READERS);
      const next = `${file}.${process.pid}.next`;
      await writeFile(next, JSON.stringify({ format: "vethbook readers 1", readers }), {
        mode: 0o600,
      });
      await rename(next, file);
    } catch (error) {
      report(sentenceOf(error, `Readers cannot be saved to ${file}; they are known until the end`));
    }
  };
  return {
    // Looking a hash up tells nothing by its time: nobody can choose a value by its hash.
    find: (cookie) => known.get(sha256(cookie)),
    async add() {
      const cookie = randomBytes(32).toString("hex");
      known.set(sha256(cookie), randomBytes(8).toString("hex"));
      writing = writing.then(save);
      await writing;
      return cookie;
    },
  };
}

async function readReaders(file: string, report: Report): Promise<Map<string, string>> {
  try {
    return new Map(fileFormat.parse(JSON.parse(await readFile(file, "utf8"))).readers);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
      report(`${file} cannot be read; readers have to open the address with the token again.`);
    }
    return new Map();
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

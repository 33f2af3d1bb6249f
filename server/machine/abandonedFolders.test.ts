// Which folders of an earlier server are swept, and which are left alone.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sweepAbandoned } from "./abandonedFolders.ts";

test("only an old folder of ours at whose socket nobody listens is removed", async () => {
  const parent = await mkdtemp(join(tmpdir(), "vethbook-test-"));
  const server = createServer();
  try {
    for (const name of ["mine-gone", "mine-young", "mine-running", "other-gone"]) {
      await mkdir(join(parent, name));
    }
    server.listen(join(parent, "mine-running", "agent"));
    await once(server, "listening");
    const hourAgo = Date.now() / 1000 - 3600;
    for (const name of ["mine-gone", "mine-running", "other-gone"]) {
      await utimes(join(parent, name), hourAgo, hourAgo);
    }
    await sweepAbandoned({
      parent,
      prefix: "mine-",
      socketOf: (folder) => join(folder, "agent"),
      remove: (folder) => rm(folder, { recursive: true }),
    });
    assert.deepEqual((await readdir(parent)).sort(), ["mine-running", "mine-young", "other-gone"]);
  } finally {
    server.close();
    await rm(parent, { recursive: true, force: true });
  }
});

// Is JSON written as iproute2 writes it?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createJsonWriter } from "./json.ts";

function sample(pretty: boolean): string {
  const writer = createJsonWriter(pretty);
  writer.openArray();
  writer.openObject();
  writer.value("ifindex", 1);
  writer.value("flags", ["UP", "LOWER_UP"]);
  writer.value("timer", { raw: "0.00" });
  writer.openArray("addr_info");
  writer.openObject();
  writer.value("local", "::1");
  writer.closeObject();
  writer.openObject();
  writer.closeObject();
  writer.closeArray();
  writer.openArray("none");
  writer.closeArray();
  writer.closeObject();
  writer.openObject();
  writer.closeObject();
  writer.closeArray();
  return writer.text();
}

test("compact JSON is one line", () => {
  assert.equal(
    sample(false),
    '[{"ifindex":1,"flags":["UP","LOWER_UP"],"timer":0.00,"addr_info":[{"local":"::1"},{}],"none":[]},{}]\n',
  );
});

test("pretty JSON keeps arrays on their line, as `ip -j -p addr` does", () => {
  assert.equal(
    sample(true),
    `[ {
        "ifindex": 1,
        "flags": [ "UP","LOWER_UP" ],
        "timer": 0.00,
        "addr_info": [ {
                "local": "::1"
            },{} ],
        "none": [ ]
    },{} ]
`,
  );
});

test("strings are escaped", () => {
  const writer = createJsonWriter(false);
  writer.value(undefined, 'a"b\\c\n\t');
  assert.equal(writer.text(), '"a\\"b\\\\c\\n\\t"\n');
});

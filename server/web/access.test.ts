// Who may come in, by real requests: token, cookie, Host, Origin, policy table, headers
// (checklist lines S1–S6, S8, S10, S12, S13, S16).

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import express, { type RequestHandler } from "express";
import { openAccess } from "./access.ts";
import { buildApp } from "./app.ts";
import { ask, comeIn, upgradeStatus } from "./client.fake.ts";
import { allowedHosts } from "./origin.ts";
import { assertPolicies, policies, type RoutePath, routesOf } from "./policy.ts";
import { openReaders } from "./readers.ts";
import { routeHandlers } from "./routes.ts";
import { type FakeServer, fakeBook, hostileTitle, startFakeServer } from "./server.fake.ts";

let folder: string;
let server: FakeServer;
let cookie: string;
let base: string;
let host: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vethbook-web-"));
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  await mkdir(join(folder, "dist", ".vite"));
  await mkdir(join(folder, "dist", "assets-secret"));
  await mkdir(join(folder, "notebooks", "01-plain"), { recursive: true });
  await writeFile(join(folder, "dist", "assets", "main-1.js"), "export {};\n");
  await writeFile(join(folder, "dist", "assets", ".hidden.js"), "secret");
  await writeFile(join(folder, "dist", "assets-secret", "a.js"), "secret");
  await writeFile(join(folder, "dist", "secret.js"), "secret");
  await symlink("../secret.js", join(folder, "dist", "assets", "link.js"));
  await symlink("/etc", join(folder, "dist", "assets", "etc"));
  await writeFile(join(folder, "notebooks", "01-plain", "map.svg"), "<svg/>");
  await writeFile(join(folder, "notebooks", "01-plain", "index.md"), "secret");
  const manifest = {
    "main.ts": { file: "assets/main-1.js", isEntry: true, css: ["assets/m.css"] },
  };
  await writeFile(join(folder, "dist", ".vite", "manifest.json"), JSON.stringify(manifest));
  server = await startFakeServer(folder);
  ({ origin: base, host } = new URL(server.url));
  cookie = await comeIn(server.url);
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const fill = (path: string) => path.replace(":slug", "01-plain").replace("*file", "main-1.js");

async function testApp(handlers: Readonly<Record<string, RequestHandler>> = {}) {
  const readers = await openReaders(join(folder, "other"), () => undefined);
  return buildApp({
    access: openAccess(readers, 1, Date.now),
    hosts: new Set(["localhost:1"]),
    handlers: {
      ...routeHandlers({ book: fakeBook(folder), dist: folder, engine: "server" }),
      ...handlers,
    } as Record<RoutePath, RequestHandler>,
    report: () => undefined,
  });
}

test("S1: the router holds exactly the routes of the policy table", async () => {
  const app = await testApp();
  assert.deepEqual(
    routesOf(app).sort(),
    Object.keys(policies)
      .map((path) => `GET ${path}`)
      .sort(),
  );
  assert.ok(routesOf(app).length >= 6);
});

test("S1: a route without a policy, or a row without a route, ends the start", async () => {
  const app = await testApp();
  app.post("/stray", (_request, response) => void response.end());
  assert.throws(() => assertPolicies(app), /POST \/stray has no policy/);
  assert.throws(() => assertPolicies(express()), /GET \/chapters\/:slug has no route/);
  await assert.rejects(
    testApp({ "/stray": (_request, response) => void response.end() }),
    /GET \/stray has no policy/,
  );
});

test("S1: every route of the router refuses whoever has no cookie, or a wrong one", async () => {
  for (const route of routesOf(await testApp())) {
    const path = route.replace("GET ", "");
    const isPublic = policies[path as RoutePath] === "public";
    for (const headers of [{}, { Cookie: cookie.replace(/.$/, "x") }, { Cookie: "vethbook-1=a" }]) {
      const { status } = await ask(base, fill(path), headers);
      assert.equal(status, isPublic ? 200 : 401, `${path} ${JSON.stringify(headers)}`);
    }
    const { status } = await ask(base, fill(path), { Cookie: cookie });
    assert.ok(status === 200 || status === 404, `${path} with the cookie: ${status}`);
  }
  assert.equal((await ask(base, "/no/such/path")).status, 401, "unknown paths tell nothing");
  assert.equal((await ask(base, "/no/such/path", { Cookie: cookie })).status, 404);
  const { body } = await ask(base, "/");
  assert.match(body, /Open the address that npm start printed/);
});

test("S2: the upgrade needs Host, Origin and cookie, and the one path", async () => {
  const good = { Host: host, Origin: base, Cookie: cookie };
  assert.equal(await upgradeStatus(base, good), 101);
  const cases: readonly (readonly [string, Record<string, string>, number])[] = [
    ["no cookie", { Host: host, Origin: base }, 401],
    ["a wrong cookie", { ...good, Cookie: `${cookie}0` }, 401],
    ["no Origin", { Host: host, Cookie: cookie }, 403],
    ["a foreign Origin", { ...good, Origin: "http://evil.example" }, 403],
    ["a foreign Host", { ...good, Host: "evil.example" }, 403],
    ["neither", {}, 403],
  ];
  for (const [what, headers, status] of cases) {
    assert.equal(await upgradeStatus(base, headers), status, what);
  }
  for (const path of ["/", "/socket/", "/socket?x", "/chapters/01-plain", "//socket"]) {
    assert.equal(await upgradeStatus(base, good, path), 404, path);
  }
  assert.equal(server.source.opened.length, 0, "no sandbox was opened");
});

test("S3: the token has at least 128 bits, is new each time, and the server binds loopback", async () => {
  const token = new URL(server.url).searchParams.get("token") ?? "";
  assert.match(token, /^[0-9a-f]{32,}$/);
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\//);
  const other = await startFakeServer(join(folder, "second"));
  assert.notEqual(new URL(other.url).searchParams.get("token"), token);
  assert.equal((await ask(other.url, `/?token=${token}`)).status, 401);
  await other.close();
});

test("S4: the token is exchanged for a cookie and leaves the address", async () => {
  const { pathname, search } = new URL(server.url);
  const { status, headers } = await ask(base, pathname + search);
  assert.equal(status, 303);
  assert.equal(headers.location, "/");
  assert.equal(headers["referrer-policy"], "no-referrer");
  const set = headers["set-cookie"]?.[0] ?? "";
  assert.match(set, new RegExp(`^vethbook-${new URL(base).port}=[0-9a-f]{64}; Path=/; `));
  assert.match(set, /; HttpOnly; SameSite=Strict/);
  assert.ok(!set.includes("Domain"));
  const again = await ask(base, pathname + search, { Cookie: cookie });
  assert.deepEqual([again.status, again.headers["set-cookie"]], [303, undefined], "a known reader");
  const deep = await ask(base, `/chapters/01-plain${search}&x=1`);
  assert.equal(deep.headers.location, "/chapters/01-plain?x=1");
  const disguised = await ask(base, `/?x=1&tok%65n=1`, { Cookie: cookie });
  assert.equal(disguised.headers.location, "/?x=1", "or it would be asked for for ever");
  const token = new URL(server.url).searchParams.get("token") ?? "none";
  assert.ok(!server.lines.join("\n").includes(token));
});

test("S4: only a hash of the cookie is on disk, and it is private", async () => {
  const file = join(folder, "state", "readers.json");
  const value = cookie.split("=")[1] ?? "none";
  assert.ok(!(await readFile(file, "utf8")).includes(value));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, "state"))).mode & 0o777, 0o700);
});

test("S5: fifty Origins that are not this server's are refused, on HTTP and on upgrade", async () => {
  const { port } = new URL(base);
  const next = Number(port) + 1;
  const bad = [
    ...["null", "", "*", "file://", "http://", "http:", "about:blank", "data:", "undefined"],
    ...[`http://127.0.0.1:${next}`, "http://127.0.0.1", "http://127.0.0.1:80", "http://localhost"],
    ...[`https://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`, `HTTP://127.0.0.1:${port}`],
    ...[`http://localhost:${port}`, `http://[::1]:${port}`, `http://LOCALHOST:${port}`],
    ...[`http://127.0.0.1:${port}/`, `http://127.0.0.1:${port}/x`, `http://127.0.0.1.:${port}`],
    ...[`http://localhost.evil.com:${port}`, `http://127.0.0.1.evil.com:${port}`],
    ...[
      `http://trusted.example.com.evil.com:${port}`,
      `http://evil.com:${port}`,
      "http://evil.com",
    ],
    ...[`http://127.0.0.1:${port}.evil.com`, `http://127.0.0.1:${port}@evil.com`],
    ...[`http://evil.com#127.0.0.1:${port}`, `http://evil.com/127.0.0.1:${port}`],
    ...[`http://user@127.0.0.1:${port}`, `http://127.0.0.1:0${port}`, `http://127.0.0.01:${port}`],
    ...[`http://127.1:${port}`, `http://2130706433:${port}`, `http://0x7f000001:${port}`],
    ...[`http://0177.0.0.1:${port}`, `http://0.0.0.0:${port}`, `http://[::ffff:127.0.0.1]:${port}`],
    ...[`http://[0:0:0:0:0:0:0:1]:${port}`, `http://127.0.0.1:${port} http://evil.com`],
    ...[`http://evil.com http://127.0.0.1:${port}`, `http://127.0.0.1:${port},http://evil.com`],
    ...[`//127.0.0.1:${port}`, `127.0.0.1:${port}`, `http//127.0.0.1:${port}`],
    ...[`http:/127.0.0.1:${port}`, `http:\\\\127.0.0.1:${port}`, "chrome-extension://abcdef"],
    ...[`http://127.0.0.1:${port}%00`, `http://127.0.0.1:${port}?`, `x-http://127.0.0.1:${port}`],
    ...[`http://127.0.0.2:${port}`, "moz-extension://abc", `http://127.0.0.1%2eevil.com:${port}`],
  ];
  assert.ok(bad.length >= 50, `${bad.length}`);
  for (const origin of bad) {
    const headers = { Host: host, Origin: origin, Cookie: cookie };
    assert.equal(await upgradeStatus(base, headers), 403, `upgrade from ${origin}`);
    // An empty header stands for none on a request that only reads.
    if (origin !== "") {
      assert.equal((await ask(base, "/", headers)).status, 403, `request from ${origin}`);
    }
  }
  assert.equal((await ask(base, "/", { Origin: base, Cookie: cookie })).status, 200);
});

test("S6: a Host that is not in the list is refused, also when Origin equals it", async () => {
  const { port } = new URL(base);
  for (const name of ["localhost", "[::1]", "127.0.0.1"]) {
    const own = `${name}:${port}`;
    const headers = { Host: own, Origin: `http://${own}`, Cookie: cookie };
    assert.equal((await ask(base, "/", headers)).status, 200, own);
    assert.equal(await upgradeStatus(base, headers), 101, own);
  }
  const bad = [
    ...["evil.example", `evil.example:${port}`, `localhost.:${port}`, `LOCALHOST:${port}`],
    ...[`localhost.evil.com:${port}`, "localhost", "127.0.0.1", `127.0.0.1:${Number(port) + 1}`],
    ...[`127.0.0.2:${port}`, `0.0.0.0:${port}`, `[::]:${port}`, `127.1:${port}`, "x"],
  ];
  for (const other of bad) {
    const headers = { Host: other, Origin: `http://${other}`, Cookie: cookie };
    assert.equal((await ask(base, "/", headers)).status, 403, other);
    assert.equal((await ask(base, "/favicon.svg", headers)).status, 403, `public, ${other}`);
    assert.equal(await upgradeStatus(base, headers), 403, `upgrade, ${other}`);
  }
});

test("S6: a name that was given in capitals is found as browsers write it", () => {
  assert.ok(allowedHosts("MyHost", 4600).has("myhost:4600"));
});

test("S7: nothing but reading is answered, and no foreign page is invited", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const without = await ask(base, "/", { Cookie: cookie }, method);
    assert.equal(without.status, 403, `${method} without Origin`);
    const own = await ask(base, "/", { Cookie: cookie, Origin: base }, method);
    assert.equal(own.status, 405, `${method} from our own page`);
    assert.equal(own.headers["access-control-allow-origin"], undefined);
  }
});

test("S8: wrong tokens are counted, and a picture of another page is none", async () => {
  const other = await startFakeServer(join(folder, "limited"));
  const { pathname, search } = new URL(other.url);
  for (let index = 0; index < 40; index += 1) {
    const { status } = await ask(other.url, "/?token=no", { "Sec-Fetch-Mode": "no-cors" });
    assert.equal(status, 403);
  }
  for (let index = 0; index < 20; index += 1) {
    assert.equal((await ask(other.url, `/?token=wrong${index}`)).status, 401);
  }
  assert.equal((await ask(other.url, "/?token=wrong")).status, 429);
  assert.equal((await ask(other.url, pathname + search)).status, 429, "also for the right one");
  const long = await ask(other.url, `/${"x".repeat(5000)}%0aforged`, { Host: "evil" });
  assert.equal(long.status, 403);
  assert.ok(other.lines.every((line) => line.length < 300 && !/[\r\n]/.test(line)));
  await other.close();
});

test("S10: the exchange leads nowhere else", async () => {
  const { search } = new URL(server.url);
  for (const path of [
    "//evil.com",
    "/\\evil.com",
    "///evil.com/",
    "/%2f%2fevil.com",
    "/.//evil.com",
  ]) {
    const { status, headers } = await ask(base, path + search);
    assert.ok(status === 401 || status === 404, `${path}: ${status}`);
    assert.equal(headers.location, undefined);
  }
  const absolute = await ask(base, `http://evil.com/${search}`);
  assert.equal(absolute.headers.location, "/");
});

test("S12: what an author or a cell wrote cannot become markup of the page", async () => {
  for (const path of ["/", "/chapters/02-hostile"]) {
    const { body } = await ask(base, path, { Cookie: cookie });
    assert.ok(!body.includes(hostileTitle) && !body.includes("<script>") && !body.includes("<img"));
    assert.ok(body.includes("&lt;script&gt;alert(1)"));
  }
  const { body } = await ask(base, "/chapters/01-plain", { Cookie: cookie });
  const island = /<script type="application\/json" id="chapter-data">([^<]*)<\/script>/.exec(body);
  assert.equal(JSON.parse(island?.[1] ?? "").cells[0].source, "echo '</script><!--' \u2028");
  assert.match(body, /<html lang="en" data-engine="server">/);
  assert.match(body, /<body data-chapter="01-plain" data-contents>/);
  assert.match(body, /<script type="module" src="\/assets\/main-1.js"><\/script>/);
  assert.match(body, /<link rel="stylesheet" href="\/assets\/m.css">/);
});

test("S13: the policy of every answer lets in no foreign and no inline script", async () => {
  for (const path of ["/", "/chapters/01-plain", "/assets/main-1.js", "/none", "/favicon.svg"]) {
    const { headers } = await ask(base, path, { Cookie: cookie });
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none';script-src 'self';/, path);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, new RegExp(`connect-src 'self' ws://${host};`));
    assert.ok(!policy.includes("unsafe-eval") && !/script-src[^;]*unsafe/.test(policy));
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["strict-transport-security"], undefined);
    assert.equal(headers["x-powered-by"], undefined);
  }
});

test("S16: nothing outside the folder of assets or figures is served, in any spelling", async () => {
  const good = await ask(base, "/assets/main-1.js", { Cookie: cookie });
  assert.deepEqual([good.status, good.body], [200, "export {};\n"]);
  assert.match(String(good.headers["cache-control"]), /immutable/);
  assert.match(String(good.headers["content-type"]), /javascript/);
  const figure = await ask(base, "/chapters/01-plain/figures/map.svg", { Cookie: cookie });
  assert.equal(figure.status, 200);
  assert.match(String(figure.headers["content-security-policy"]), /sandbox/);
  const bad = [
    ...["/assets/../secret.js", "/assets/%2e%2e/secret.js", "/assets/..%2fsecret.js"],
    ...["/assets/%2e%2e%2fsecret.js", "/assets/..%5csecret.js", "/assets/%2e%2e%5csecret.js"],
    ...["/assets/main-1.js%00", "/assets/%00", "/assets//etc/passwd", "/assets/%2fetc%2fpasswd"],
    ...[
      "/assets/link.js",
      "/assets/etc/passwd",
      "/assets/../assets-secret/a.js",
      "/assets-secret/a.js",
    ],
    ...[
      "/assets/..%2fassets-secret%2fa.js",
      "/assets/.hidden.js",
      "/assets/",
      "/assets",
      "/assets/.",
    ],
    ...["/assets/....//secret.js", "/assets/%252e%252e/secret.js", "/dist/secret.js"],
    ...["/assets/../.vite/manifest.json", "/.vite/manifest.json", "/assets/C:%5cx"],
    ...["/chapters/01-plain/figures/index.md", "/chapters/01-plain/figures/../index.md"],
    ...["/chapters/01-plain/figures/%2e%2e/01-plain/map.svg", "/chapters/..%2f/figures/map.svg"],
    ...["/chapters/%2e%2e/figures/map.svg", "/chapters/01-plain/", "/chapters/nothing"],
  ];
  for (const path of bad) {
    const { status, body } = await ask(base, path, { Cookie: cookie });
    assert.equal(status, 404, path);
    assert.ok(!body.includes("secret\n") && !body.includes("root:"), path);
  }
  assert.equal((await ask(base, "/assets/%zz", { Cookie: cookie })).status, 400);
});

test("a server that binds all addresses says what that means and still wants the token", async () => {
  const open = await startFakeServer(join(folder, "open"), { host: "0.0.0.0", port: 0 });
  assert.match(open.lines.join(), /Everyone who can reach 0\.0\.0\.0 and knows the token/);
  assert.equal((await ask(open.url, "/")).status, 401);
  assert.equal(
    (await ask(open.url, "/", { Host: `evil.com:${new URL(open.url).port}` })).status,
    403,
  );
  await open.close();
});

test("a port that was named is strict, and one that was not is the next free one", async () => {
  const { port } = new URL(base);
  await assert.rejects(
    startFakeServer(join(folder, "third"), { port: Number(port) }),
    /^StartError: Port \d+ is taken\. Name another one with --port/,
  );
  await assert.rejects(
    startFakeServer(join(folder, "third"), { host: "192.0.2.1", port: 0 }),
    /192\.0\.2\.1 is not an address of this machine/,
  );
  const one = await startFakeServer(join(folder, "one"), {});
  const two = await startFakeServer(join(folder, "two"), {});
  const [first, second] = [one, two].map(({ url }) => Number(new URL(url).port));
  assert.ok((first ?? 0) >= 4600 && (second ?? 0) > (first ?? 0) && (second ?? 0) < 4700);
  await Promise.all([one.close(), two.close()]);
});

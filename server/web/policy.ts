// Every way into this server, and who may take it. The app is built from this table; a route that
// is not in it, or a row that no route stands for, ends the start of the server.
//
// Not here: what a route does (routes.ts); how a reader is known (access.ts).

import type { Express } from "express";

/** `public` still needs the right Host and Origin; `reader` needs the cookie as well. */
export type Policy = "public" | "reader";

/** The table, by path in express 5's spelling. All are GET; /socket is the one upgrade. */
export const policies = {
  "/": "reader",
  "/chapters/:slug": "reader",
  "/chapters/:slug/cells.js": "reader",
  "/chapters/:slug/figures/*file": "reader",
  "/assets/*file": "reader",
  "/favicon.svg": "public",
} as const satisfies Readonly<Record<string, Policy>>;

/** The one path that is upgraded to a WebSocket; it is never public. */
export const socketPath = "/socket";

/** A path of the table. */
export type RoutePath = keyof typeof policies;

/** What express itself answers to: "GET /path" for every route in its router. */
export function routesOf(app: Express): string[] {
  const layers: readonly { readonly route?: RouteOfRouter | undefined }[] = app.router.stack;
  return layers.flatMap(({ route }) =>
    route === undefined
      ? []
      : [...new Set(route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`))],
  );
}

type RouteOfRouter = {
  readonly path: string;
  readonly stack: readonly { readonly method: string }[];
};

/** Throws when the app and the table differ. */
export function assertPolicies(app: Express): void {
  const routes = new Set(routesOf(app));
  const rows = new Set(Object.keys(policies).map((path) => `GET ${path}`));
  const strays = [
    ...[...routes].filter((route) => !rows.has(route)).map((route) => `${route} has no policy`),
    ...[...rows].filter((row) => !routes.has(row)).map((row) => `${row} has no route`),
  ];
  if (strays.length > 0) {
    throw new Error(`server/web/policy.ts: ${strays.join("; ")}`);
  }
}

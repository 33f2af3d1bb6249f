// The headers of every answer: a Content-Security-Policy that lets in our own scripts only, nothing
// in frames, no referrer, no guessing of types.
//
// Styles may be inline because xterm and Monaco write them; scripts may not, in any form.
// Source: helmet 8, CSP level 3.
// Not here: caching (routes.ts).

import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import helmet from "helmet";

/** Middleware that sets them. Goes before everything else, so that refusals have them too. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        fontSrc: ["'self'", "data:"],
        // Some browsers do not count ws: of the same place as 'self'.
        connectSrc: ["'self'", (request) => `ws://${hostForPolicy(request)}`],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    // The server speaks http on this machine; a promise of https would lock the reader out.
    strictTransportSecurity: false,
  });
}

/** Host, when it cannot add anything to the policy; the request is refused later otherwise. */
function hostForPolicy(request: IncomingMessage): string {
  const { host = "" } = request.headers;
  return /^(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?$/.test(host) ? host : "localhost";
}

// The express app: headers, then Host and Origin, then the routes of the policy table, each behind
// its policy, then 404 and errors. Nothing is answered before Host and Origin have been looked at.
//
// Not here: the WebSocket (socket.ts).

import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { sentenceOf } from "../../shared/session/sentence.ts";
import type { Access } from "./access.ts";
import { securityHeaders } from "./headers.ts";
import { type Report, shortLine } from "./log.ts";
import { foreign, type Refusal } from "./origin.ts";
import { plainPage } from "./plainPage.ts";
import { assertPolicies, type Policy, policies, type RoutePath } from "./policy.ts";
import { sendNotFound, sendPage } from "./routes.ts";

/** What the app is built from. */
export type AppParts = {
  readonly access: Access;
  readonly hosts: ReadonlySet<string>;
  readonly handlers: Readonly<Record<RoutePath, RequestHandler>>;
  readonly report: Report;
};

/** Builds the app; throws when a route and the policy table differ. */
export function buildApp({ access, hosts, handlers, report }: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  // Links of a chapter are relative, so its page has one address only, without a slash at its end.
  app.enable("strict routing");
  app.enable("case sensitive routing");
  app.use(securityHeaders());
  app.use((request, response, next) => {
    const refusal = foreign(request, hosts, false) ?? notReading(request);
    if (refusal === undefined) {
      next();
    } else {
      report(`refused ${shortLine(`${request.method} ${request.path}`, 80)}: ${refusal.reason}`);
      refuse(response, refusal);
    }
  });
  for (const [path, handler] of Object.entries(handlers) as [RoutePath, RequestHandler][]) {
    app.get(path, guard(policies[path], access, report), handler);
  }
  app.use(guard("reader", access, report), (_request, response) => sendNotFound(response));
  app.use(failure(report));
  assertPolicies(app);
  return app;
}

/** Lets through who may; exchanges a token in the address for a cookie. */
function guard(policy: Policy, access: Access, report: Report): RequestHandler {
  return async (request, response, next) => {
    if (policy === "public") {
      next();
      return;
    }
    const known = access.reader(request) !== undefined;
    const { token } = request.query;
    if (token !== undefined && request.route !== undefined) {
      await exchange(request, response, { access, token, known, report });
    } else if (known) {
      next();
    } else {
      refuse(response, { status: 401, reason: "This browser is not known to this server." });
    }
  };
}

type Exchange = {
  readonly access: Access;
  readonly token: unknown;
  readonly known: boolean;
  readonly report: Report;
};

async function exchange(
  request: Request,
  response: Response,
  { access, token, known, report }: Exchange,
): Promise<void> {
  // A picture or script of another page must neither come in nor use up the tries.
  const mode = request.headers["sec-fetch-mode"];
  if (mode !== undefined && mode !== "navigate") {
    refuse(response, { status: 403, reason: "A token is for the address bar only." });
    return;
  }
  const given = typeof token === "string" ? token : "";
  if (known) {
    access.spend(given);
  } else {
    const admission = await access.admit(given, request);
    if ("refusal" in admission) {
      report(`refused a token for ${shortLine(request.path, 80)}: ${admission.refusal.reason}`);
      refuse(response, admission.refusal);
      return;
    }
    response.set("Set-Cookie", admission.cookie);
  }
  response.set("Cache-Control", "no-store").redirect(303, withoutToken(request));
}

/** The same address without the token. It starts with one slash, so it cannot lead elsewhere. */
function withoutToken(request: Request): string {
  const rest = new URLSearchParams(request.originalUrl.split("?", 2)[1]);
  rest.delete("token");
  const own = `/${request.path.replace(/^[/\\]+/, "")}`;
  return rest.size === 0 ? own : `${own}?${rest}`;
}

/** This server only shows; whatever changes something goes over the socket. */
function notReading(request: Request): Refusal | undefined {
  return request.method === "GET" || request.method === "HEAD"
    ? undefined
    : { status: 405, reason: "This server answers GET only." };
}

function refuse(response: Response, { status, reason }: Refusal): void {
  sendPage(response.status(status), plainPage(status, reason));
}

/** The one place where an error of a route ends. express knows it by its four parameters. */
function failure(report: Report): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof URIError) {
      sendPage(
        response.status(400),
        plainPage(400, "It holds a % that is not followed by two digits."),
      );
      return;
    }
    report(sentenceOf(error, `${shortLine(request.path, 80)} failed`));
    sendPage(
      response.status(500),
      plainPage(500, "The server could not make this page. Its output in the terminal says why."),
    );
  };
}

// Who is asking? A random token, new at each start, is exchanged for a cookie that names a reader;
// the cookie is what every other request is known by. The printed token works as long as the server
// runs, so that several browsers can come in by the same address. The program that opens a browser
// gets another one, which works once: every user of this machine can read its arguments.
//
// Source: RFC 6265bis (SameSite), OWASP session management.
// Not here: where a request comes from (origin.ts), which route needs what (policy.ts).

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Refusal } from "./origin.ts";
import type { Readers } from "./readers.ts";

const FAILURES = 20;
const FAILURES_IN_MILLISECONDS = 60_000;
const COOKIE_SECONDS = 90 * 24 * 60 * 60;

/** What a token was exchanged for, or why not. */
export type Admission = { readonly cookie: string } | { readonly refusal: Refusal };

/** Knows readers and makes new ones. */
export type Access = {
  /** For the address that is printed at the start, and nowhere else. */
  readonly token: string;
  /** For the address that the server itself opens; the first exchange uses it up. */
  readonly tokenForOnce: string;
  /** The reader who sent this request; undefined without a valid cookie. */
  reader(request: IncomingMessage): string | undefined;
  /** Exchanges a token for the value of a Set-Cookie header. */
  admit(token: string, request: IncomingMessage): Promise<Admission>;
  /** Uses a token up that came from a reader who is known already. */
  spend(token: string): void;
};

/** Access to one server; its port is in the cookie's name, because cookies do not know ports. */
export function openAccess(readers: Readers, port: number, now: () => number): Access {
  const token = newToken();
  const tokenForOnce = newToken();
  let spent = false;
  const cookieName = `vethbook-${port}`;
  const failures = failureCounter(now);
  const spend = (given: string): boolean => {
    if (spent || !equal(given, tokenForOnce)) return false;
    spent = true;
    return true;
  };
  return {
    token,
    tokenForOnce,
    reader(request) {
      const cookie = cookieOf(request, cookieName);
      return cookie === undefined ? undefined : readers.find(cookie);
    },
    async admit(given, request) {
      const address = request.socket.remoteAddress ?? "";
      if (failures.tooMany(address)) {
        return {
          refusal: { status: 429, reason: "Too many wrong tokens. Wait a minute, then try again." },
        };
      }
      if (!equal(given, token) && !spend(given)) {
        failures.add(address);
        return { refusal: { status: 401, reason: "This token is not the one of this server." } };
      }
      const value = await readers.add();
      return {
        cookie: `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`,
      };
    },
    spend: (given) => void spend(given),
  };
}

function newToken(): string {
  return randomBytes(24).toString("hex");
}

/** Equality that takes the same time wherever the difference is. */
function equal(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  const value = pairs.find(([key]) => key === name)?.[1];
  return value !== undefined && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

/** Counts wrong tokens per address in the last minute. */
function failureCounter(now: () => number) {
  const times = new Map<string, number[]>();
  const recent = (address: string) => {
    const since = now() - FAILURES_IN_MILLISECONDS;
    return (times.get(address) ?? []).filter((time) => time > since);
  };
  return {
    tooMany: (address: string) => recent(address).length >= FAILURES,
    add(address: string) {
      if (times.size > 1000) {
        times.clear();
      }
      times.set(address, [...recent(address), now()]);
    },
  };
}

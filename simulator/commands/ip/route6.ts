// What `ip -6 route get` and `ip -6 route show cache` are told (inet6_rtm_getroute and rt6_fill_node in
// linux/net/ipv6/route.c).
// Policy: the source that is told is the one that the kernel would choose, whatever `from` says; with
// `iif` the way in is told, and no source. Addresses of our own are on lo.
// Not here: words (routeGet.ts), printing (routeText.ts).

import type { Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import type { Exception6, Route6 } from "../../net/ipv6/ipv6Net.ts";
import { lookup6, needsStrict6, type OutputRoute6, outputBy } from "../../net/ipv6/route6.ts";
import { selectSource6 } from "../../net/ipv6/sourceAddress6.ts";
import { ip6Text } from "../../wire/address.ts";
import { IN6 } from "../../wire/ipv6.ts";
import { type RouteRecord, routeRecord6 } from "./routeRecord.ts";

/** The question of `ip -6 route get`. */
export type Question6 = {
  readonly destination: string;
  readonly source?: string | undefined;
  readonly iif?: NetDevice | undefined;
  readonly oif?: NetDevice | undefined;
  readonly mark?: number | undefined;
  readonly fibmatch?: boolean | undefined;
};

/** The answer, or how the route refuses. */
export function routeGet6(net: Net, question: Question6): RouteRecord | Refusal {
  const { destination, iif, oif, mark } = question;
  const source = question.source ?? IN6.ANY;
  const strict = oif !== undefined || needsStrict6(destination);
  const found = lookup6(net, { destination, source, iif, oif, mark }, strict);
  if (found.route !== undefined) net.ip6.used.add(found.route);
  if ("errno" in found) return { errno: found.errno };
  if (question.fibmatch === true) return routeRecord6(found.route, net.kernel.clock.now);
  const way = outputBy(net, found, destination, source);
  const chosen = found.route.prefSource ?? selectSource6(net, found.nexthop.dev, destination);
  return {
    ...wayRecord(net, way, destination),
    prefSource: iif === undefined && chosen !== undefined ? ip6Text(chosen) : undefined,
    cached: { flags: [], from: ip6Text(source), iif },
  };
}

function wayRecord(net: Net, way: OutputRoute6, destination: string): RouteRecord {
  const { route, nexthop, dev, gateway, expires } = way;
  const hop = { ...nexthop, dev, gateway, weight: 1 };
  return learntRecord(
    net,
    { ...route, nexthops: [hop] },
    {
      destination,
      expires,
      mtu: way.learnt ? way.mtu : undefined,
    },
  );
}

type Learnt = Pick<Exception6, "destination" | "expires" | "mtu">;

function learntRecord(net: Net, route: Route6, learnt: Learnt): RouteRecord {
  const metrics = new Map(route.metrics);
  if (learnt.mtu !== undefined) metrics.set("mtu", learnt.mtu);
  const expires = learnt.expires ?? route.expires;
  const record = routeRecord6({ ...route, metrics, expires }, net.kernel.clock.now);
  return { ...record, destination: ip6Text(learnt.destination), prefixLength: 128 };
}

/** What was learnt about single destinations. */
export function cachedRecords6(net: Net): RouteRecord[] {
  const { now } = net.kernel.clock;
  return [...net.ip6.exceptions.values()]
    .filter(({ expires }) => expires === undefined || expires > now)
    .map((learnt) => {
      const { route, dev, gateway } = learnt;
      const [first] = route.nexthops;
      const hop = {
        weight: 1,
        onlink: false,
        linkdown: false,
        dead: false,
        ...first,
        dev,
        gateway,
      };
      const via = gateway ?? first?.gateway;
      return learntRecord(net, { ...route, nexthops: [{ ...hop, gateway: via }] }, learnt);
    });
}

/** Forgets it (`ip -6 route flush cache`). */
export function flushCache6(net: Net): void {
  net.ip6.exceptions.clear();
}

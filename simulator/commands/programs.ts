// Every program of the machine by the name it has in /usr/bin or /usr/sbin. What is large and not
// needed at once is fetched when it is first called.
// Not here: what bash itself knows (shell/builtins).

import type { ProgramEntry } from "../process/machine.ts";
import { bashProgram } from "../shell/bash.ts";

/** Name → program. */
export const programs: ReadonlyMap<string, ProgramEntry> = new Map<string, ProgramEntry>([
  ["bash", { program: bashProgram }],
  ["sh", { program: bashProgram }],
  ["ip", { load: () => import("./ip/ip.ts").then(({ ip }) => ip) }],
  ["bridge", { load: () => import("./bridge/bridge.ts").then(({ bridge }) => bridge) }],
  ["brctl", { load: () => import("./brctl.ts").then(({ brctl }) => brctl) }],
  ["arp", { load: () => import("./arp.ts").then(({ arp }) => arp) }],
  ["ethtool", { load: () => import("./ethtool.ts").then(({ ethtool }) => ethtool) }],
  ["ifconfig", { load: () => import("./ifconfig.ts").then(({ ifconfig }) => ifconfig) }],
  ["arch", { load: () => import("./uname.ts").then(({ arch }) => arch) }],
  ["dnsdomainname", { load: () => import("./hostname.ts").then((each) => each.dnsdomainname) }],
  ["domainname", { load: () => import("./hostname.ts").then(({ domainname }) => domainname) }],
  ["env", { load: () => import("./env.ts").then(({ env }) => env) }],
  ["false", { load: () => import("./truth.ts").then(({ falsehood }) => falsehood) }],
  ["groups", { load: () => import("./id.ts").then(({ groups }) => groups) }],
  ["hostname", { load: () => import("./hostname.ts").then(({ hostname }) => hostname) }],
  ["id", { load: () => import("./id.ts").then(({ id }) => id) }],
  ["kill", { load: () => import("./kill.ts").then(({ kill }) => kill) }],
  ["killall", { load: () => import("./killall.ts").then(({ killall }) => killall) }],
  ["logname", { load: () => import("./id.ts").then(({ logname }) => logname) }],
  ["lsns", { load: () => import("./lsns.ts").then(({ lsns }) => lsns) }],
  ["nice", { load: () => import("./nohup.ts").then(({ nice }) => nice) }],
  ["nohup", { load: () => import("./nohup.ts").then(({ nohup }) => nohup) }],
  ["nproc", { load: () => import("./uname.ts").then(({ nproc }) => nproc) }],
  ["nsenter", { load: () => import("./nsenter.ts").then(({ nsenter }) => nsenter) }],
  ["pgrep", { load: () => import("./pgrep.ts").then(({ pgrep }) => pgrep) }],
  ["pkill", { load: () => import("./pgrep.ts").then(({ pkill }) => pkill) }],
  ["printenv", { load: () => import("./env.ts").then(({ printenv }) => printenv) }],
  ["setsid", { load: () => import("./nohup.ts").then(({ setsid }) => setsid) }],
  ["sleep", { load: () => import("./sleep.ts").then(({ sleep }) => sleep) }],
  ["sync", { load: () => import("./truth.ts").then(({ truth }) => truth) }],
  ["timeout", { load: () => import("./timeout.ts").then(({ timeout }) => timeout) }],
  ["true", { load: () => import("./truth.ts").then(({ truth }) => truth) }],
  ["tty", { load: () => import("./id.ts").then(({ tty }) => tty) }],
  ["uname", { load: () => import("./uname.ts").then(({ uname }) => uname) }],
  ["unshare", { load: () => import("./unshare.ts").then(({ unshare }) => unshare) }],
  ["users", { load: () => import("./id.ts").then(({ users }) => users) }],
  ["which", { load: () => import("./which.ts").then(({ which }) => which) }],
  ["whoami", { load: () => import("./id.ts").then(({ whoami }) => whoami) }],
  ["ps", { load: () => import("./ps.ts").then(({ ps }) => ps) }],
]);

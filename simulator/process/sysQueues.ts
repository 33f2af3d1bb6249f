// What drivers of pure software leave as it is in /sys/class/net/DEV: queues and power
// (net/core/net-sysfs.c, drivers/base/power/sysfs.c). What is written is kept, and changes nothing.
// Not simulated: queues with masks of more than one processor.

import type { NetDevice } from "../net/core/netDevice.ts";
import {
  type ComputedFile,
  type ComputedFolder,
  computedFolder,
  type FileError,
  type FileNode,
} from "./fileNodes.ts";
import { attribute, numberOf } from "./sysAttribute.ts";

const ABSENT: FileError = { errno: "ENOENT" };

/** A number that only this file keeps. */
function keptNumber(dev: NetDevice, name: string, kept = (value: number) => value): ComputedFile {
  return attribute(
    () => dev.sysValues.get(name) ?? 0,
    (text) => {
      const value = numberOf(text);
      if (value === undefined) return "EINVAL";
      dev.sysValues.set(name, kept(value));
      return undefined;
    },
  );
}

function powerOfTwo(value: number): number {
  return value === 0 ? 0 : 2 ** Math.ceil(Math.log2(value));
}

/** What a device has in /sys that changes nothing here. */
export function idleEntries(dev: NetDevice): Record<string, FileNode> {
  return {
    gro_flush_timeout: keptNumber(dev, "gro_flush_timeout"),
    napi_defer_hard_irqs: keptNumber(dev, "napi_defer_hard_irqs"),
    power: powerFolder(dev),
    queues: queuesFolder(dev),
    threaded: attribute(
      () => 0,
      () => "EOPNOTSUPP",
    ),
  };
}

function fixed(entries: Record<string, FileNode>): ComputedFolder {
  return { ...computedFolder(() => entries, "EACCES"), mode: 0o755 };
}

/** /sys/class/net/DEV/queues. */
function queuesFolder(dev: NetDevice): ComputedFolder {
  const entries: Record<string, FileNode> = {};
  for (let queue = 0; queue < (dev.numRxQueues ?? 1); queue++) {
    entries[`rx-${queue}`] = fixed({
      rps_cpus: keptNumber(dev, `rx-${queue} rps_cpus`),
      rps_flow_cnt: keptNumber(dev, `rx-${queue} rps_flow_cnt`, powerOfTwo),
    });
  }
  for (let queue = 0; queue < (dev.numTxQueues ?? 1); queue++)
    entries[`tx-${queue}`] = sendQueue(dev);
  return fixed(entries);
}

function sendQueue({ numTxQueues = 1 }: NetDevice): ComputedFolder {
  // Devices with one queue have no classes and no processors to choose from.
  const single = () => (numTxQueues > 1 ? 0 : ABSENT);
  return fixed({
    byte_queue_limits: fixed({
      hold_time: attribute(() => 1000),
      inflight: attribute(() => 0),
      limit: attribute(() => 0),
      limit_max: attribute(() => 1879048192),
      limit_min: attribute(() => 0),
    }),
    traffic_class: attribute(single),
    tx_maxrate: attribute(
      () => 0,
      () => "EOPNOTSUPP",
    ),
    tx_timeout: attribute(() => 0),
    xps_cpus: attribute(single, () => undefined),
    xps_rxqs: attribute(
      () => 0,
      () => undefined,
    ),
  });
}

/** /sys/class/net/DEV/power: nothing here sleeps. */
function powerFolder(dev: NetDevice): ComputedFolder {
  return fixed({
    autosuspend_delay_ms: attribute(
      () => ({ errno: "EIO" }),
      () => "EIO",
    ),
    control: attribute(
      () => (dev.sysValues.get("power") === 1 ? "on" : "auto"),
      (text) => {
        const at = ["auto", "on"].indexOf(text.replace(/\n$/, ""));
        if (at < 0) return "EINVAL";
        dev.sysValues.set("power", at);
        return undefined;
      },
    ),
    runtime_active_time: attribute(() => 0),
    runtime_status: attribute(() => "unsupported"),
    runtime_suspended_time: attribute(() => 0),
  });
}

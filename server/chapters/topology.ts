// A topology: the namespaces, veth links, bridges and addresses that a chapter stands on, as an
// author writes them in content/topologies/NAME.yaml.
// Contradictions (a device that no link makes, an address given twice) are told with their line.
// Not here: building it in a sandbox.

import type { Problem } from "./problem.ts";
import { contradictions } from "./topologyContradictions.ts";
import { type TopologySource, topologySchema } from "./topologySchema.ts";
import { readYaml } from "./yamlDocument.ts";

/** A topology with its name and the names of all its devices. */
export type Topology = TopologySource & {
  readonly name: string;
  readonly devices: readonly string[];
};

/** A topology, also when it contradicts itself, or undefined when its shape does not fit. */
export function parseTopology(
  text: string,
  topologyName: string,
): { readonly topology: Topology | undefined; readonly problems: readonly Problem[] } {
  const { value, problems, lineOf } = readYaml(text, topologySchema, 1);
  if (value === undefined) return { topology: undefined, problems };
  const found = contradictions(value).map(({ path, message }) => ({ line: lineOf(path), message }));
  const devices = [
    ...value.links.flatMap(({ from, to }) => [from, to]).map((end) => end.split("/")[1] ?? ""),
    ...value.bridges.map((bridge) => bridge.name),
  ];
  return { topology: { ...value, name: topologyName, devices }, problems: found };
}

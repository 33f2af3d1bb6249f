// Files of /proc/net that hold nothing but their heading here, or lines that never change
// (net/core/net-procfs.c, net/ipv4/{route,ipmr}.c, net/ipv6/{ip6mr,ip6_flowlabel,mcast}.c).
// Not simulated: multicast routing, flow labels, IPsec, filters of sources.

import { computed, type FileNode } from "./fileNodes.ts";

const TEXTS: Readonly<Record<string, string>> = {
  connector: "Name            ID\ncn_proc         1:1\n",
  ip6_flowlabel: "Label S Owner  Users  Linger Expires  Dst                              Opt\n",
  ip6_mr_cache:
    "Group                            Origin                           Iif      Pkts  Bytes     Wrong  Oifs\n",
  ip6_mr_vif: "Interface      BytesIn  PktsIn  BytesOut PktsOut Flags\n",
  ip_mr_cache: "Group    Origin   Iif     Pkts    Bytes    Wrong Oifs\n",
  ip_mr_vif: "Interface      BytesIn  PktsIn  BytesOut PktsOut Flags Local    Remote\n",
  mcfilter: "Idx Device        MCA        SRC    INC    EXC\n",
  mcfilter6:
    "Idx Device                Multicast Address                   Source Address    INC    EXC\n",
  ptype:
    "Type Device      Function\n0800          ip_rcv\n0004          llc_rcv [llc]\n" +
    "88f5          mrp_rcv [mrp]\n0806          arp_rcv\n86dd          ipv6_rcv\n",
  rt_cache:
    "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tTOS\t" +
    "HHRef\tHHUptod\tSpecDst                          \n",
};

const XFRM =
  "InError InBufferError InHdrError InNoStates InStateProtoError InStateModeError InStateSeqError " +
  "InStateExpired InStateMismatch InStateInvalid InTmplMismatch InNoPols InPolBlock InPolError " +
  "OutError OutBundleGenError OutBundleCheckError OutNoStates OutStateProtoError OutStateModeError " +
  "OutStateSeqError OutStateExpired OutPolBlock OutPolDead OutPolError FwdHdrError " +
  "OutStateInvalid";

/** The files, by name. */
export function headingFiles(): Record<string, FileNode> {
  const files: Record<string, FileNode> = {};
  for (const [name, text] of Object.entries(TEXTS)) files[name] = computed(() => text);
  const counters = [...XFRM.split(" ").map((name) => `Xfrm${name}`), "XfrmAcquireError"];
  files.xfrm_stat = computed(() => counters.map((name) => `${name.padEnd(24)}\t0\n`).join(""));
  return files;
}

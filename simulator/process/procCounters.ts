// Counters of the protocols as /proc/net/snmp, snmp6 and netstat list them (net/ipv4/proc.c,
// net/ipv6/proc.c): a line of names, a line of numbers. What nothing here counts is 0, as on a
// machine where it never happened.
// Not here: counting; each protocol does it (`net.counters`).

import type { Net } from "../net/core/netNamespace.ts";

const SNMP: Record<string, string> = {
  Ip:
    "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams " +
    "InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes " +
    "ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates",
  Icmp:
    "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs " +
    "InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks " +
    "InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs " +
    "OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps " +
    "OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps",
  Tcp:
    "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets " +
    "CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors",
  Udp:
    "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors " +
    "IgnoredMulti MemErrors",
  UdpLite:
    "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors " +
    "IgnoredMulti MemErrors",
};

const NETSTAT: Record<string, string> = {
  TcpExt:
    "SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned " +
    "OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled " +
    "PAWSActive PAWSEstab DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows " +
    "ListenDrops TCPHPHits TCPPureAcks TCPHPAcks TCPRenoRecovery TCPSackRecovery " +
    "TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo " +
    "TCPPartialUndo TCPDSACKUndo TCPLossUndo TCPLostRetransmit TCPRenoFailures " +
    "TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans TCPTimeouts " +
    "TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail " +
    "TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv " +
    "TCPDSACKOfoRecv TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout " +
    "TCPAbortOnLinger TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono " +
    "TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs " +
    "TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted TCPSackMerged " +
    "TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop TCPMinTTLDrop TCPDeferAcceptDrop " +
    "IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop " +
    "TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK " +
    "TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail TCPFastOpenPassive " +
    "TCPFastOpenPassiveFail TCPFastOpenListenOverflow TCPFastOpenCookieReqd " +
    "TCPFastOpenBlackhole TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking " +
    "TCPFromZeroWindowAdv TCPToZeroWindowAdv TCPWantZeroWindowAdv TCPSynRetrans " +
    "TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect " +
    "TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq " +
    "TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe " +
    "TCPKeepAlive TCPMTUPFail TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed " +
    "TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig TCPFastOpenPassiveAltKey " +
    "TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs TCPDSACKIgnoredDubious " +
    "TCPMigrateReqSuccess TCPMigrateReqFailure",
  IpExt:
    "InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts " +
    "InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets " +
    "InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps",
  MPTcpExt:
    "MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX MPCapableACKRX MPCapableFallbackACK " +
    "MPCapableFallbackSYNACK MPCapableEndpAttempt MPFallbackTokenInit MPTCPRetrans " +
    "MPJoinNoTokenFound MPJoinSynRx MPJoinSynBackupRx MPJoinSynAckRx MPJoinSynAckBackupRx " +
    "MPJoinSynAckHMacFailure MPJoinAckRx MPJoinAckHMacFailure DSSNotMatching " +
    "DSSCorruptionFallback DSSCorruptionReset InfiniteMapTx InfiniteMapRx DSSNoMatchTCP " +
    "DataCsumErr OFOQueueTail OFOQueue OFOMerge NoDSSInWindow DuplicateData AddAddr " +
    "EchoAdd PortAdd AddAddrDrop MPJoinPortSynRx MPJoinPortSynAckRx MPJoinPortAckRx " +
    "MismatchPortSynRx MismatchPortAckRx RmAddr RmAddrDrop RmSubflow MPPrioTx MPPrioRx " +
    "MPFailTx MPFailRx MPFastcloseTx MPFastcloseRx MPRstTx MPRstRx RcvPruned SubflowStale " +
    "SubflowRecover SndWndShared RcvWndShared RcvWndConflictUpdate RcvWndConflict",
};

const SNMP6: Record<string, string> = {
  Ip6:
    "InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos InTruncatedPkts " +
    "InDiscards InDelivers OutForwDatagrams OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds " +
    "ReasmOKs ReasmFails FragOKs FragFails FragCreates InMcastPkts OutMcastPkts InOctets OutOctets " +
    "InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts",
  Icmp6:
    "InMsgs InErrors OutMsgs OutErrors InCsumErrors OutRateLimitHost InDestUnreachs InPktTooBigs " +
    "InTimeExcds InParmProblems InEchos InEchoReplies InGroupMembQueries InGroupMembResponses " +
    "InGroupMembReductions InRouterSolicits InRouterAdvertisements InNeighborSolicits " +
    "InNeighborAdvertisements InRedirects InMLDv2Reports OutDestUnreachs OutPktTooBigs OutTimeExcds " +
    "OutParmProblems OutEchos OutEchoReplies OutGroupMembQueries OutGroupMembResponses " +
    "OutGroupMembReductions OutRouterSolicits OutRouterAdvertisements OutNeighborSolicits " +
    "OutNeighborAdvertisements OutRedirects OutMLDv2Reports",
  Udp6: "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors",
  UdpLite6:
    "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors MemErrors",
};

/** Numbers that are settings, not counters: RTO bounds in milliseconds, no limit of connections. */
const TCP_SETTINGS: Record<string, number> = {
  RtoAlgorithm: 1,
  RtoMin: 200,
  RtoMax: 120000,
  MaxConn: -1,
};

function counterOf(net: Net, group: string, name: string): number {
  if (group === "Tcp" && TCP_SETTINGS[name] !== undefined) return TCP_SETTINGS[name];
  if (group === "Ip" && name === "Forwarding") return net.ip4.confAll.values.forwarding ? 1 : 2;
  if (group === "Ip" && name === "DefaultTTL") {
    return Number(net.ip4.values.get("ip_default_ttl") ?? 64);
  }
  return net.counters.get(`${group}.${name}`) ?? 0;
}

function twoLines(net: Net, group: string, names: readonly string[]): string {
  const values = names.map((name) => counterOf(net, group, name));
  return `${group}: ${names.join(" ")}\n${group}: ${values.join(" ")}\n`;
}

/** The text of /proc/net/snmp. */
export function snmpText(net: Net): string {
  return Object.entries(SNMP)
    .map(([group, names]) => {
      const text = twoLines(net, group, names.split(" "));
      return group === "Icmp" ? text + icmpTypes(net) : text;
    })
    .join("");
}

/** ICMP messages by type, those that came or went at all. */
function icmpTypes(net: Net): string {
  const seen = countedNames(net.counters, "IcmpMsg");
  const sorted = [...byNumber(seen, "InType"), ...byNumber(seen, "OutType")];
  return sorted.length === 0 ? "" : twoLines(net, "IcmpMsg", sorted);
}

function countedNames(counters: ReadonlyMap<string, number>, group: string): string[] {
  const prefix = `${group}.`;
  return [...counters]
    .filter(([name, count]) => name.startsWith(prefix) && count > 0)
    .map(([name]) => name.slice(prefix.length));
}

function byNumber(names: readonly string[], prefix: string): string[] {
  return names
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
}

/** The text of /proc/net/netstat. */
export function netstatText(net: Net): string {
  return Object.entries(NETSTAT)
    .map(([group, names]) => twoLines(net, group, names.split(" ")))
    .join("");
}

/** Types of ICMPv6 messages that have a counter with a name. */
const ICMP6_TYPES: Readonly<Record<string, number>> = {
  DestUnreachs: 1,
  PktTooBigs: 2,
  TimeExcds: 3,
  ParmProblems: 4,
  Echos: 128,
  EchoReplies: 129,
  GroupMembQueries: 130,
  GroupMembResponses: 131,
  GroupMembReductions: 132,
  RouterSolicits: 133,
  RouterAdvertisements: 134,
  NeighborSolicits: 135,
  NeighborAdvertisements: 136,
  Redirects: 137,
  MLDv2Reports: 143,
};

function counter6(counters: ReadonlyMap<string, number>, group: string, name: string): number {
  const [, way = "", what = ""] = /^(In|Out)(.*)$/.exec(name) ?? [];
  const type = group === "Icmp6" ? ICMP6_TYPES[what] : undefined;
  const byType = group === "Icmp6" && /^Type\d/.test(what);
  if (type !== undefined) return counters.get(`Icmp6Msg.${way}Type${type}`) ?? 0;
  return counters.get(`${byType ? "Icmp6Msg" : group}.${name}`) ?? 0;
}

/** The text of /proc/net/dev_snmp6/DEVICE. */
export function deviceSnmp6Text(ifindex: number, counters: ReadonlyMap<string, number>): string {
  return `${"ifIndex".padEnd(32)}\t${ifindex}\n${counterLines6(counters, ["Ip6", "Icmp6"])}`;
}

/** The text of /proc/net/snmp6. */
export function snmp6Text({ counters }: Net): string {
  return counterLines6(counters, Object.keys(SNMP6));
}

function counterLines6(counters: ReadonlyMap<string, number>, groups: readonly string[]): string {
  return groups
    .flatMap((group) => {
      const names = SNMP6[group] ?? "";
      const types = group === "Icmp6" ? countedNames(counters, "Icmp6Msg") : [];
      const all = [
        ...names.split(" "),
        ...byNumber(types, "InType"),
        ...byNumber(types, "OutType"),
      ];
      return all.map(
        (name) => `${(group + name).padEnd(32)}\t${counter6(counters, group, name)}\n`,
      );
    })
    .join("");
}

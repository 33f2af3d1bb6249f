// Words of a filter (pcap-filter(7)): keywords, numbers, names, addresses, operators. The longest word
// wins, as in libpcap's scanner.
// Not simulated: keywords of ATM, SS7, 802.11 and packet filters of BSD beyond their names.

import { parseIp6 } from "../../../wire/address.ts";
import { FilterError } from "./filterError.ts";

/** Kinds of words that carry something. */
export type Token =
  | { readonly type: "word"; readonly word: string }
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "name"; readonly text: string }
  | { readonly type: "ip4"; readonly text: string }
  | { readonly type: "ip6"; readonly text: string }
  | { readonly type: "ether"; readonly text: string }
  | { readonly type: "arcnet"; readonly text: string }
  /** What comes from here on cannot be read. */
  | { readonly type: "error"; readonly error: FilterError }
  | { readonly type: "end" };

/** Keyword → the word that it stands for. */
const KEYWORDS: ReadonlyMap<string, string> = new Map(
  (
    "dst src link=ether ether ppp=ether slip=ether fddi=ether tr=ether wlan=ether arp rarp ip sctp tcp udp " +
    "icmp igmp igrp pim vrrp carp radio ip6 icmp6 ah esp atalk aarp decnet lat sca moprc mopdl iso esis " +
    "es-is=esis isis is-is=isis l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui host net mask port " +
    "portrange proto protochain gateway type subtype dir direction=dir address1 addr1=address1 address2 " +
    "addr2=address2 address3 addr3=address3 address4 addr4=address4 ra ta less greater byte broadcast " +
    "multicast and or not len length=len inbound outbound ifindex vlan mpls pppoed pppoes geneve " +
    "lane llc metac bcc oam oamf4 oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect on ifname " +
    "rset ruleset rnr rulenum srnr subrulenum reason action fisu lssu lsu msu hfisu hlssu hmsu sio " +
    "opc dpc sls hsio hopc hdpc hsls"
  )
    .split(" ")
    .map((entry): [string, string] => {
      const [word = "", stands = word] = entry.split("=");
      return [word, stands];
    }),
);

/** Names of numbers. */
const CONSTANTS: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-sourcequench": 4,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-routeradvert": 9,
  "icmp-routersolicit": 10,
  "icmp-timxceed": 11,
  "icmp-paramprob": 12,
  "icmp-tstamp": 13,
  "icmp-tstampreply": 14,
  "icmp-ireq": 15,
  "icmp-ireqreply": 16,
  "icmp-maskreq": 17,
  "icmp-maskreply": 18,
  icmp6type: 0,
  icmp6code: 1,
  "icmp6-destinationrunreach": 1,
  "icmp6-destinationunreach": 1,
  "icmp6-packettoobig": 2,
  "icmp6-timeexceeded": 3,
  "icmp6-parameterproblem": 4,
  "icmp6-echo": 128,
  "icmp6-echoreply": 129,
  "icmp6-multicastlistenerquery": 130,
  "icmp6-multicastlistenerreportv1": 131,
  "icmp6-multicastlistenerdone": 132,
  "icmp6-routersolicit": 133,
  "icmp6-routeradvert": 134,
  "icmp6-neighborsolicit": 135,
  "icmp6-neighboradvert": 136,
  "icmp6-redirect": 137,
  "icmp6-routerrenum": 138,
  "icmp6-nodeinformationquery": 139,
  "icmp6-nodeinformationresponse": 140,
  "icmp6-ineighbordiscoverysolicit": 141,
  "icmp6-ineighbordiscoveryadvert": 142,
  "icmp6-multicastlistenerreportv2": 143,
  "icmp6-homeagentdiscoveryrequest": 144,
  "icmp6-homeagentdiscoveryreply": 145,
  "icmp6-mobileprefixsolicit": 146,
  "icmp6-mobileprefixadvert": 147,
  "icmp6-certpathsolicit": 148,
  "icmp6-certpathadvert": 149,
  "icmp6-multicastrouteradvert": 151,
  "icmp6-multicastroutersolicit": 152,
  "icmp6-multicastroutertermination": 153,
  tcpflags: 13,
  "tcp-fin": 1,
  "tcp-syn": 2,
  "tcp-rst": 4,
  "tcp-push": 8,
  "tcp-ack": 16,
  "tcp-urg": 32,
  "tcp-ece": 64,
  "tcp-cwr": 128,
};

const OPERATORS = /(?:&&|\|\||[<>!=]=|<<|>>|[ !()[\]+\-*/%:&|^<>=])/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|\d+)/y;
const IP4 = /(?:(?:0[xX][0-9a-fA-F]+|\d+)\.){1,3}(?:0[xX][0-9a-fA-F]+|\d+)/y;
const BYTE = "[0-9a-fA-F]{1,2}";
const ETHER = new RegExp(
  `(?:${BYTE}(?::${BYTE}){5}|${BYTE}(?:-${BYTE}){5}|${BYTE}(?:\\.${BYTE}){5}|` +
    "[0-9a-fA-F]{4}(?:\\.[0-9a-fA-F]{4}){2}|[0-9a-fA-F]{12})",
  "y",
);
const BAD_ETHER = new RegExp(`${BYTE}:+(?:${BYTE}:+)+`, "y");
const NAME = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const ESCAPED = /\\[^ !()\n\t]+/y;
const ARCNET = /\$[0-9a-fA-F]{1,2}/y;
const IP6_RUN = /[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/y;

const ALIASES: Readonly<Record<string, string>> = {
  "&&": "and",
  "||": "or",
  "!": "not",
  "==": "=",
};

/** The words of a filter, one after the other. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[ \t\r\n]/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    try {
      const [token, length] = tokenAt(text, at);
      tokens.push(token);
      at += length;
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      return [...tokens, { type: "error", error }];
    }
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** The longest word at a place; of equally long ones the first in the list. */
function tokenAt(text: string, at: number): [Token, number] {
  const candidates: [string, (word: string) => Token][] = [
    [matchAt(OPERATORS, text, at), (word) => ({ type: "word", word: ALIASES[word] ?? word })],
    [matchAt(ETHER, text, at), (word) => ({ type: "ether", text: word })],
    [matchAt(NUMBER, text, at), (word) => ({ type: "number", value: numberOf(word) })],
    [matchAt(IP4, text, at), (word) => ({ type: "ip4", text: word })],
    [longestIp6(text, at), (word) => ({ type: "ip6", text: word })],
    [
      matchAt(BAD_ETHER, text, at),
      (word) => {
        throw new FilterError(`bogus ethernet address ${word}`);
      },
    ],
    [matchAt(ARCNET, text, at), (word) => ({ type: "arcnet", text: word })],
    [matchAt(NAME, text, at), nameToken],
    [matchAt(ESCAPED, text, at), (word) => ({ type: "name", text: word.slice(1) })],
  ];
  let [best, make] = candidates[0] ?? ["", nameToken];
  for (const [word, other] of candidates) {
    if (word.length > best.length) [best, make] = [word, other];
  }
  if (best === "") return [{ type: "word", word: "illegal" }, 1];
  return [make(best), best.length];
}

function nameToken(word: string): Token {
  const keyword = KEYWORDS.get(word);
  if (keyword !== undefined) return { type: "word", word: keyword };
  if (Object.hasOwn(CONSTANTS, word)) return { type: "number", value: CONSTANTS[word] ?? 0 };
  return { type: "name", text: word };
}

function numberOf(word: string): number {
  const value = /^0[0-9]/.test(word) ? octal(word) : Number(word);
  if (value > 0xffffffff) throw new FilterError(`number ${word} overflows 32 bits`);
  return value;
}

function octal(word: string): number {
  if (/[89]/.test(word)) throw new FilterError(`number ${word} contains non-octal digit`);
  return Number.parseInt(word, 8);
}

function longestIp6(text: string, at: number): string {
  const run = matchAt(IP6_RUN, text, at).slice(0, 64);
  for (let length = run.length; length > 1; length--) {
    const word = run.slice(0, length);
    if (parseIp6(word) !== undefined) return word;
  }
  return "";
}

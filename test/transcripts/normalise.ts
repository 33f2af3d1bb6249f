// What may differ between two runs of the same commands on real Linux? Random MAC addresses, times,
// identifiers, process numbers, the order of hash tables. This puts placeholders in their place, so
// that everything else can be compared byte for byte.
// A MAC that a command names is no chance and stays.
// Not here: what a run may not differ in; there is no tolerance beyond this list.

/** Commands whose lines come out of a hash table in an order that changes from boot to boot. */
const UNORDERED =
  /(^|[\s;&|(])(ip( -\S+( [a-z]\w*)?)*? (n|ne|nei|neigh|neighbour|neighbor)\b|arp(?! or| >)\b|bridge( -\S+)* fdb|cat \/proc\/net\/arp|brctl showmacs)/;

type Rule = readonly [RegExp, string];

const RULES: readonly Rule[] = [
  [/^(Connection received on \S+) \d+$/gm, "$1 <port>"],
  [/\btime=[\d.]+ ms/g, "time=<ms> ms"],
  [/, time \d+ms/g, ", time <ms>ms"],
  [/^rtt min\/avg\/max\/mdev = [\d./]+ ms/gm, "rtt <ms> ms"],
  [/, ipg\/ewma [\d./]+ ms/g, ", ipg/ewma <ms> ms"],
  [/\] {2}[\d.]+ms$/gm, "]  <ms>ms"],
  [/^((?:Broad|Uni)cast re.* for .* )\d+\.\d{3}ms$/gm, "$1<ms>ms"],
  [/(?<=\s|\[)\d+\.\d{3} ms\b/g, "<ms> ms"],
  [/^X*\d\d:\d\d:\d\d\.\d{6}(?= )/gm, "<time>"],
  [/^\d{10}\.\d{6}(?= )/gm, "<time>"],
  [/^ ?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}(?= )/gm, "<time>"],
  [/^ ?\d\d:\d\d:\d\d\.\d{6}(?= )/gm, "<time>"],
  [/^( *)\d+\.\d{6}(?= (IP|ARP|IP6|[0-9a-f:]{17}))/gm, "<time>"],
  [/\bid \d+, (seq|offset)/g, "id <id>, $1"],
  [/\becho (request|reply), id \d+/g, "echo $1, id <id>"],
  [/\b(?<=\d\.)(3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})(?=[:\s])/g, "<port>"],
  [/: \d+(\+? (?:\[[^\]]*\] )?(?:A|AAAA|PTR)\? )/g, ": <id>$1"],
  [/(?<=\d:)(3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})(?=\s)/g, "<port>"],
  [/\bpid=\d+(?=,fd=)/g, "pid=<pid>"],
  [/\bident=\d+/g, "ident=<id>"],
  [/\bflowlabel 0x[0-9a-f]+/g, "flowlabel <label>"],
  [/\bnet:\[\d+\]/g, "net:[<inode>]"],
  [/\buts:\[\d+\]/g, "uts:[<inode>]"],
  [/\bexpires \d+sec/g, "expires <sec>sec"],
  [/\b(used|ref) \d+\/\d+\/\d+/g, "$1 <times>"],
  [/\b(valid_lft|preferred_lft) \d+sec/g, "$1 <sec>sec"],
  [/^\[(\d+)\] \d+$/gm, "[$1] <pid>"],
  [/^(bash: line \d+:) +\d+ (?=\S+ {2,})/gm, "$1 <pid> "],
  [/(timer\t*) *[\d.]+/g, "$1 <sec>"],
  [/\bcksum 0x[0-9a-f]{4}/g, "cksum <sum>"],
  [/\b-> 0x[0-9a-f]{4}\)/g, "-> <sum>)"],
  [/\bseq \d{6,}(:\d+)?/g, "seq <seq>"],
  [/\back \d{6,}/g, "ack <seq>"],
  [/\bTS val \d+ ecr \d+/g, "TS val <ts> ecr <ts>"],
];

/** Turns the outputs of one run into what can be compared; `commands` are the run's commands. */
export function normalise(
  commands: readonly string[],
  outputs: readonly string[],
): readonly string[] {
  const named = new Set(
    commands
      .flatMap(
        (command) => command.toLowerCase().match(/\b[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}\b/g) ?? [],
      )
      .map(padMac),
  );
  const placeholders = macPlaceholders(named);
  return outputs.map((output, index) => {
    let text = placeholders(output);
    for (const [pattern, replacement] of RULES) text = text.replace(pattern, replacement);
    text = sortLocal(text);
    return UNORDERED.test(commands[index] ?? "") ? text.split("\n").sort().join("\n") : text;
  });
}

/**
 * Two devices with one link-local address: which of them got it first was up to the random delay
 * before duplicate address detection.
 */
function sortLocal(text: string): string {
  // ifconfig reads IPv6 addresses from a hash table whose key is drawn for each namespace.
  const sorted = text.replace(/^( +inet6 .* {2}scopeid .*\n){2,}/gm, (lines) =>
    lines
      .split(/(?<=\n)/)
      .sort()
      .join(""),
  );
  return sorted.replace(/^(local|anycast) (fe80::\S*) dev .*\n(\1 \2 dev .*\n)+/gm, (lines) =>
    lines
      .split(/(?<=\n)/)
      .sort()
      .join(""),
  );
}

function padMac(mac: string): string {
  return mac
    .split(":")
    .map((part) => part.padStart(2, "0"))
    .join(":");
}

const FIXED_MAC = /^(00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|01:|33:33:00:|33:33:ff:00:|02:00:)/;

/** Numbers random MACs, and what is made of them, in the order in which they are first seen. */
function macPlaceholders(named: ReadonlySet<string>): (text: string) => string {
  const numbers = new Map<string, number>();
  const numberOf = (mac: string): number => {
    const known = numbers.get(mac) ?? numbers.size + 1;
    numbers.set(mac, known);
    return known;
  };
  const isRandom = (mac: string) => !named.has(mac) && !FIXED_MAC.test(mac);
  return (text) =>
    text
      .replace(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/gi, (whole) => {
        // arping writes MACs in capitals.
        const mac = whole.toLowerCase();
        return isRandom(mac) && !mac.startsWith("33:33:ff") ? `<mac-${numberOf(mac)}>` : whole;
      })
      .replace(/\b8000\.([0-9a-f]{12})\b/g, (whole, digits: string) => {
        const mac = digits.replace(/(..)(?=.)/g, "$1:");
        return isRandom(mac) ? `8000.<mac-${numberOf(mac)}>` : whole;
      })
      .replace(/\bfe80::([0-9a-f:]+)/g, (whole, rest: string) => {
        const mac = macOfInterfaceId(rest);
        return mac !== undefined && isRandom(mac) ? `fe80::<mac-${numberOf(mac)}>` : whole;
      })
      .replace(
        /\bff02::1:ff([0-9a-f]{2}):([0-9a-f]{1,4})\b/g,
        (whole, high: string, low: string) =>
          groupOf(high + low.padStart(4, "0"), numbers) ?? whole,
      )
      .replace(
        /\b33:33:ff:([0-9a-f]{2}):([0-9a-f]{2}):([0-9a-f]{2})\b/g,
        (whole, a: string, b: string, c: string) => groupOf(a + b + c, numbers) ?? whole,
      );
}

/** The MAC that an EUI-64 interface id was made of, or undefined. */
function macOfInterfaceId(text: string): string | undefined {
  const digits = text
    .split(":")
    .map((group) => group.padStart(4, "0"))
    .join("");
  if (digits.length !== 16 || digits.slice(6, 10) !== "fffe") return undefined;
  const first = (Number.parseInt(digits.slice(0, 2), 16) ^ 2).toString(16).padStart(2, "0");
  return `${first}${digits.slice(2, 6)}${digits.slice(10)}`.replace(/(..)(?=.)/g, "$1:");
}

/** A solicited-node group, named by the MAC whose last three bytes it holds. */
function groupOf(last: string, numbers: ReadonlyMap<string, number>): string | undefined {
  for (const [mac, number] of numbers) {
    if (mac.replaceAll(":", "").slice(6) === last) return `<group-${number}>`;
  }
  return undefined;
}

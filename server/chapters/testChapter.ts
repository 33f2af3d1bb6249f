// A small chapter for tests, with every kind of fence.

/** The text of a chapter without a mistake. */
export const CHAPTER = `---
title: Link two segments of one subnet by a routing namespace
summary: Forwarding and Proxy ARP.
topology: two-segments
---

Prose with *emphasis*, \`code\` and a [link](https://www.rfc-editor.org/rfc/rfc826).

## Build it

\`\`\`sh {#setup}
ip netns add x
\`\`\`

### Predict

| device | address |
| ------ | ------: |
| veth1R | .100    |

\`\`\`predict {for=ping-across}
Where does the ARP request for \`192.168.5.22\` appear?
- on veth1R only
- on veth1R and veth2R
- nowhere
\`\`\`

\`\`\`sh {#ping-across on=netns12 expect=fail needs=setup title="Ping \\"across\\""}
ping -c 3 192.168.5.22
\`\`\`

\`\`\`view
arp netns12 netnsR
routes netnsR
packets veth1R veth2R
\`\`\`

## Play

\`\`\`js
viewof forwarding = Inputs.toggle({label: "ip_forward in netnsR"})
\`\`\`

\`\`\`js {#shown}
html\`<p>\${forwarding} \${pingAcross.exitCode} \${net.namespaces.length}\`
\`\`\`

\`\`\`sh
ls # only shown
\`\`\`

\`\`\`console
$ also shown
\`\`\`
`;

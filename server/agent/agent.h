// What the parts of the sandbox agent share. One static binary with four uses, told by its first
// argument: `guest` and `serve` run inside a sandbox, `attach` and `launch` on the host.
// The frames are described in protocol.ts.
#ifndef VETHBOOK_AGENT_H
#define VETHBOOK_AGENT_H

#define _GNU_SOURCE
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FRAME_HEADER = 4, FRAME_MAXIMUM = 65535, NAME_MAXIMUM = 256 };

// bytes.c: a queue of bytes that grows as needed.
struct bytes {
  unsigned char *data;
  size_t start, length, room;
};
void bytesAppend(struct bytes *queue, const void *data, size_t length);
void bytesDrop(struct bytes *queue, size_t length);
void bytesFree(struct bytes *queue);
void bytesFrame(struct bytes *queue, char type, uint8_t channel, const void *data, size_t length);
void bytesText(struct bytes *queue, const char *text);
void bytesJsonString(struct bytes *queue, const char *text);
int64_t milliseconds(void);

// namespaces.c: which network namespaces there are, and how to enter one.
struct namespaceEntry {
  uint32_t inode;
  pid_t pid;             // oldest process inside; 0 when only a name holds it
  uint64_t started;      // when that process started, in clock ticks
  bool ownHostname;      // that process has a UTS namespace of its own
  char hostname[NAME_MAXIMUM];
  char names[8][NAME_MAXIMUM];
  int nameCount;
};
struct namespaceList {
  struct namespaceEntry *entries;
  size_t count, room;
  uint32_t initial;
};
void scanNamespaces(struct namespaceList *list);
void freeNamespaces(struct namespaceList *list);
bool hasNamespace(uint32_t inode);
int openNamespace(const struct namespaceEntry *entry);
// Enters it; when it has only a name, gives the name for `ip netns exec` and enters nothing.
bool enterNamespace(uint32_t inode, const char **byName);

// watch.c: netlink changes of every listed namespace.
int watchStart(void);
void watchNamespaces(const struct namespaceList *list);
void watchRead(void (*report)(uint32_t inode, const char *group));
int watchFlush(void (*report)(uint32_t inode, const char *group));

// programs.c: starting a shell on a pty or a program on pipes.
struct started {
  pid_t pid;
  int input, output;  // the same descriptor for a pty
};
bool startTerminal(uint32_t inode, uint16_t rows, uint16_t columns, struct started *result);
bool startProgram(uint32_t inode, char *const argv[], struct started *result);

// nest.c: one more level of namespaces, and limits, for a host sandbox.
struct limits {
  unsigned long processes, memory, namespaces;  // memory in bytes, of each process
};
bool nest(const struct limits *limits);

// serve.c, attach.c, launch.c: the four uses.
int serveGuest(const char *directory);
int serveSocket(int descriptor);
int attachTerminal(const char *socketPath, uint32_t inode);
int launchProgram(int count, char **arguments);

#endif

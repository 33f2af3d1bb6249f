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
uint16_t number16(const unsigned char *data);
uint32_t number32(const unsigned char *data);
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
// `report` gives false when it cannot be told now.
void watchRead(bool (*report)(uint32_t inode, const char *group));
int watchFlush(bool (*report)(uint32_t inode, const char *group));

// start.c: starting a shell on a pty or a program on pipes.
struct started {
  pid_t pid;
  int input, output;  // the same descriptor for a pty
};
bool startTerminal(uint32_t inode, uint16_t rows, uint16_t columns, struct started *result);
bool startProgram(uint32_t inode, char *const argv[], struct started *result);

// links.c: one connection, a Unix socket or a port of a VM. `frameLeft` counts what is unsent of the
// first frame in `out`, so that a port that is detached in the middle of a frame does not greet the
// next reader with the rest of it.
enum { LINKS = 96, OUTPUT_WAITING = 65536 };
struct link {
  bool used, control, asleep;
  int fd, port;  // port: -1 for a socket
  struct bytes in, out;
  size_t frameLeft;
};
extern struct link links[LINKS];
extern struct link *control;
extern const char *portDirectory;
struct link *addLink(int fd, int port);
struct link *servePort(int number);
void acceptLink(int listener);
void sendWaiting(struct link *link);
void answer(struct link *link, char type, uint8_t channel, const void *data, size_t length);
void refuse(struct link *link, uint8_t channel, const char *sentence);
void readLink(struct link *link);

// running.c: one shell or program that runs. `replay` holds what an untouched shell has printed.
enum { PROGRAMS = 160, CHANNELS = 64 };
struct program {
  bool used, tty, dead, inputEnds, touched;
  pid_t pid;
  int status, input, output;
  uint8_t channel;
  struct link *link;
  int64_t holdUntil, deadSince, stopCheck;
  struct bytes waiting, replay;
};
extern struct program programs[PROGRAMS];
struct program *programOf(struct link *link, uint8_t channel);
void openTerminal(struct link *link, uint8_t channel, const unsigned char *data);
void runProgram(struct link *link, uint8_t channel, const unsigned char *data, size_t length);
void resizeTerminal(struct program *program, const unsigned char *data);
void writeInput(struct program *program);
void readOutput(struct program *program);
void hangUp(struct program *program);
void hangUpAll(struct link *link);
bool inputIsFull(struct link *link);
bool outputIsFull(const struct program *program);
void finish(struct program *program);
void reap(void);

// stops.c: what Ctrl-C means for a shell with our bashrc.
void stopsStart(void);
void announceStop(struct program *program, const unsigned char *data, size_t length);
void checkStop(struct program *program);
void forgetStop(const struct program *program);

// frames.c: what the frames ask for.
void handleFrame(struct link *link, unsigned char *frame, size_t length);
bool reportChange(uint32_t inode, const char *group);

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

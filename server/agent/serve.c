// The agent inside a sandbox: one loop that waits for connections, programs, netlink and signals.
// Nothing here polls by time while nothing happens: idle costs no CPU.
// Source: poll(2), signalfd(2). Not here: what a frame asks for (frames.c).

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void handleSignals(int fd) {
  struct signalfd_siginfo signals[16];
  ssize_t got = read(fd, signals, sizeof signals);
  for (ssize_t i = 0; i < got / (ssize_t)sizeof *signals; i++)
    if (signals[i].ssi_signo == SIGIO)
      for (int link = 0; link < LINKS; link++) links[link].asleep = false;
  reap();
}

enum { FIXED = 3, POLLED = FIXED + LINKS + 2 * PROGRAMS };
struct pollSet {
  struct pollfd fds[POLLED];
  void *owners[POLLED];
  int count;
};

static void addPoll(struct pollSet *set, int fd, short events, void *owner) {
  set->fds[set->count] = (struct pollfd){.fd = fd, .events = events};
  set->owners[set->count++] = owner;
}

// The sooner of two waits in milliseconds; a negative one has no end.
static int sooner(int wait, int other) { return wait < 0 || (other >= 0 && other < wait) ? other : wait; }

static int gatherPolls(struct pollSet *set) {
  int64_t now = milliseconds();
  int timeout = watchFlush(reportChange);
  for (int i = 0; i < LINKS; i++) {
    struct link *link = &links[i];
    if (!link->used || link->asleep) continue;
    short events = inputIsFull(link) ? 0 : POLLIN;  // its end is told even so
    addPoll(set, link->fd, events | (link->out.length > 0 ? POLLOUT : 0), link);
  }
  for (int i = 0; i < PROGRAMS; i++) {
    struct program *program = &programs[i];
    if (!program->used) continue;
    if (program->stopCheck > 0 && program->stopCheck <= now) checkStop(program);
    if (program->stopCheck > now) timeout = sooner(timeout, (int)(program->stopCheck - now));
    if (program->waiting.length > 0) addPoll(set, program->input, POLLOUT, program);
    if (program->dead && program->output < 0) {
      finish(program);
    } else if (program->output < 0 || outputIsFull(program)) {
      continue;
    } else if (program->holdUntil > now) {
      timeout = sooner(timeout, (int)(program->holdUntil - now));
    } else if (program->dead) {
      readOutput(program);
      timeout = 0;
    } else {
      addPoll(set, program->output, POLLIN, program);
    }
  }
  return timeout;
}

static void handlePoll(const struct pollfd *polled, void *owner) {
  bool isLink = (char *)owner >= (char *)links && (char *)owner < (char *)(links + LINKS);
  if (isLink) {
    struct link *link = owner;
    if (link->used && !link->asleep && (polled->revents & POLLOUT)) sendWaiting(link);
    if (link->used && !link->asleep && (polled->revents & ~POLLOUT)) readLink(link);
    return;
  }
  struct program *program = owner;
  if (!program->used) return;
  if (polled->events == POLLOUT)
    writeInput(program);
  else if (program->output == polled->fd)
    readOutput(program);
}

static int serve(int listener) {
  static struct pollSet set;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigaddset(&signals, SIGIO);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN);
  int signalled = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  int watched = watchStart();
  stopsStart();
  reap();
  for (;;) {
    set.count = 0;
    addPoll(&set, signalled, POLLIN, NULL);
    addPoll(&set, watched, POLLIN, NULL);
    addPoll(&set, listener, POLLIN, NULL);
    int timeout = gatherPolls(&set);
    if (poll(set.fds, set.count, timeout) < 0 && errno != EINTR) return 1;
    if (set.fds[0].revents) handleSignals(signalled);
    if (set.fds[1].revents) watchRead(reportChange);
    if (set.fds[2].revents) acceptLink(listener);
    for (int i = FIXED; i < set.count; i++)
      if (set.fds[i].revents) handlePoll(&set.fds[i], set.owners[i]);
  }
}

int serveGuest(const char *directory) {
  portDirectory = directory;
  control = servePort(0);
  if (control == NULL) {
    fprintf(stderr, "The control port vethbook.0 cannot be opened.\n");
    return 1;
  }
  return serve(-1);
}

int serveSocket(int descriptor) {
  // Whatever else the server's own parents left open is nobody's business in a sandbox.
  if (descriptor == 3) close_range(4, ~0U, 0);
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return serve(descriptor);
}

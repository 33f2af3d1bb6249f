// The agent inside a sandbox: one loop that carries frames between connections and programs.
// In a VM a connection is a virtio port, on a host sandbox a Unix socket. A port whose other side
// is detached polls ready for ever and reads nothing, so it sleeps until the kernel says by SIGIO
// that something changed. Nothing here polls by time while nothing happens: idle costs no CPU.
// Source: virtio_console in the kernel's Documentation, signalfd(2), protocol.ts for the frames.

#include "agent.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
  LINKS = 96,
  PROGRAMS = 160,
  CHANNELS = 64,
  CHUNK = 32768,             // output of one frame
  OUTPUT_WAITING = 65536,    // unsent bytes at which a program has to wait
  INPUT_WAITING = 65536,     // unread keys at which a terminal's connection has to wait
  REPLAY_MAXIMUM = 8192,
  GATHER = 4,                // milliseconds in which lines of a burst become one frame
  LINGER = 200,              // milliseconds for output of background jobs after the end
  RESEED_RANDOM = 0x5207,    // RNDRESEEDCRNG of linux/random.h
};

// One connection. `frameLeft` counts what is unsent of the first frame in `out`, so that a port
// that is detached in the middle of a frame does not greet the next reader with the rest of it.
struct link {
  bool used, control, asleep;
  int fd, port;
  struct bytes in, out;
  size_t frameLeft;
};

// One shell or program. `replay` holds what an untouched shell has printed, for whoever adopts it.
struct program {
  bool used, tty, dead, inputEnds, touched;
  pid_t pid;
  int status, input, output;
  uint8_t channel;
  struct link *link;
  int64_t holdUntil, deadSince;
  struct bytes waiting, replay;
};

#define NOTES "/run/vethbook"

static struct link links[LINKS];
static struct program programs[PROGRAMS];
static const char *portDirectory;
static struct link *control;

// ---- connections

static struct link *addLink(int fd, int port) {
  for (int i = 0; i < LINKS; i++) {
    if (links[i].used) continue;
    links[i] = (struct link){.used = true, .fd = fd, .port = port};
    return &links[i];
  }
  return NULL;
}

static void sleepLink(struct link *link) {
  link->asleep = true;
  bytesDrop(&link->in, link->in.length);
  bytesDrop(&link->out, link->frameLeft);
  link->frameLeft = 0;
}

// Without its pty no shell stays, even one that ignores the signal.
static void hangUp(struct program *program) {
  kill(-program->pid, SIGHUP);
  kill(-program->pid, SIGCONT);
  if (!program->tty || program->output < 0) return;
  close(program->output);
  program->input = program->output = -1;
}

static void endLink(struct link *link) {
  if (link->control) exit(0);  // nobody is left to serve; the sandbox ends with this process
  for (int i = 0; i < PROGRAMS; i++) {
    struct program *program = &programs[i];
    if (!program->used || program->link != link) continue;
    hangUp(program);
    program->link = NULL;
  }
  close(link->fd);
  bytesFree(&link->in);
  bytesFree(&link->out);
  link->used = false;
}

static void lostLink(struct link *link) {
  if (link->port >= 0)
    sleepLink(link);
  else
    endLink(link);
}

static void sendWaiting(struct link *link) {
  while (!link->asleep && link->out.length > 0) {
    const unsigned char *data = link->out.data + link->out.start;
    ssize_t sent = write(link->fd, data, link->out.length);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) lostLink(link);
    if (sent <= 0) return;
    for (size_t left = sent; left > 0;) {
      if (link->frameLeft == 0) {
        const unsigned char *frame = link->out.data + link->out.start;
        link->frameLeft = FRAME_HEADER + (frame[2] << 8 | frame[3]);
      }
      size_t part = left < link->frameLeft ? left : link->frameLeft;
      bytesDrop(&link->out, part);
      link->frameLeft -= part;
      left -= part;
    }
  }
}

static void answer(struct link *link, char type, uint8_t channel, const void *data, size_t length) {
  bytesFrame(&link->out, type, channel, data, length);
  sendWaiting(link);
}

static void refuse(struct link *link, uint8_t channel, const char *sentence) {
  answer(link, 'X', channel, sentence, strlen(sentence));
}

// Where no udev runs there are no /dev/virtio-ports: the kernel's own list has the names.
static int openPort(int number) {
  char path[600], wanted[32], text[64];
  snprintf(wanted, sizeof wanted, "vethbook.%d", number);
  snprintf(path, sizeof path, "%s/%s", portDirectory, wanted);
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  DIR *directory = fd < 0 ? opendir("/sys/class/virtio-ports") : NULL;
  if (directory != NULL) {
    for (struct dirent *item; fd < 0 && (item = readdir(directory)) != NULL;) {
      snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", item->d_name);
      int file = open(path, O_RDONLY | O_CLOEXEC);
      ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
      if (file >= 0) close(file);
      if (length <= 0) continue;
      text[length] = 0;
      text[strcspn(text, "\n")] = 0;
      snprintf(path, sizeof path, "/dev/%s", item->d_name);
      if (strcmp(text, wanted) == 0) fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    }
    closedir(directory);
  }
  if (fd < 0) return -1;
  fcntl(fd, F_SETOWN, getpid());
  fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
  return fd;
}

static struct link *servePort(int number) {
  for (int i = 0; i < LINKS; i++)
    if (links[i].used && links[i].port == number) {
      links[i].asleep = false;
      return &links[i];
    }
  int fd = openPort(number);
  return fd < 0 ? NULL : addLink(fd, number);
}

// ---- programs

static struct program *programOf(struct link *link, uint8_t channel) {
  for (int i = 0; i < PROGRAMS; i++)
    if (programs[i].used && programs[i].link == link && programs[i].channel == channel)
      return &programs[i];
  return NULL;
}

static void endInput(struct program *program) {
  if (!program->tty && program->input >= 0) close(program->input);
  program->input = -1;
  bytesFree(&program->waiting);
}

static void writeInput(struct program *program) {
  while (program->input >= 0 && program->waiting.length > 0) {
    const unsigned char *data = program->waiting.data + program->waiting.start;
    ssize_t written = write(program->input, data, program->waiting.length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) endInput(program);
    if (written <= 0) return;
    bytesDrop(&program->waiting, written);
  }
  if (program->inputEnds && program->waiting.length == 0) endInput(program);
}

static void forgetStop(pid_t pid);

static void finish(struct program *program) {
  int status = program->status;
  uint8_t code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  endInput(program);
  if (program->output >= 0) close(program->output);
  if (program->tty) forgetStop(program->pid);
  bytesFree(&program->replay);
  program->used = false;
  if (program->link != NULL) answer(program->link, 'E', program->channel, &code, 1);
}

static bool full(const struct program *program) {
  const struct link *link = program->link;
  return link != NULL && (link->asleep || link->out.length >= OUTPUT_WAITING);
}

static void readOutput(struct program *program) {
  unsigned char chunk[CHUNK];
  size_t length = 0;
  ssize_t got = 0;
  while (length < sizeof chunk) {
    got = read(program->output, chunk + length, sizeof chunk - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    length += got;
  }
  bool ended = got == 0 || (got < 0 && errno != EAGAIN);
  program->holdUntil = milliseconds() + GATHER;
  if (ended && !program->tty) {  // it has closed its output and may still run
    close(program->output);
    program->output = -1;
  }
  if (length > 0 && program->link != NULL) {
    answer(program->link, 'D', program->channel, chunk, length);
    if (program->tty && !program->touched && program->replay.length + length <= REPLAY_MAXIMUM)
      bytesAppend(&program->replay, chunk, length);
  }
  bool late = program->dead && milliseconds() - program->deadSince > LINGER;
  if (program->dead && (length < sizeof chunk || late)) finish(program);
}

static void addProgram(struct link *link, uint8_t channel, const struct started *started) {
  for (int i = 0; i < PROGRAMS; i++) {
    if (programs[i].used) continue;
    programs[i] = (struct program){.used = true,
                                   .tty = started->input == started->output,
                                   .pid = started->pid,
                                   .input = started->input,
                                   .output = started->output,
                                   .channel = channel,
                                   .link = link};
    return;
  }
  kill(-started->pid, SIGKILL);
  refuse(link, channel, "Too many programs run in this sandbox at once. Reset it.");
}

static uint16_t number16(const unsigned char *data) { return data[0] << 8 | data[1]; }
static uint32_t number32(const unsigned char *data) {
  return (uint32_t)number16(data) << 16 | number16(data + 2);
}

static void resize(struct program *program, const unsigned char *data) {
  struct winsize size = {.ws_row = number16(data), .ws_col = number16(data + 2)};
  ioctl(program->output, TIOCSWINSZ, &size);
}

static void openTerminal(struct link *link, uint8_t channel, const unsigned char *data) {
  struct program *program = programOf(link, channel);
  struct started started;
  uint32_t inode = number32(data + 4);
  if (program != NULL) {
    resize(program, data);
    const struct bytes *replay = &program->replay;
    if (program->touched) return;
    // Whoever adopts a shell that nobody has typed into sees it from its first byte; what still
    // waits unsent is the end of the same text.
    bytesDrop(&link->out, link->out.length);
    link->frameLeft = 0;
    if (replay->length > 0)
      answer(link, 'D', channel, replay->data + replay->start, replay->length);
  } else if (!hasNamespace(inode)) {
    refuse(link, channel, "This namespace has gone. Run the cells that build the network first.");
  } else if (startTerminal(inode, number16(data), number16(data + 2), &started)) {
    addProgram(link, channel, &started);
  } else {
    refuse(link, channel, "The sandbox has no room for another shell. End some of its programs.");
  }
}

static void runProgram(struct link *link, uint8_t channel, unsigned char *data, size_t length) {
  char *argv[250] = {0};
  struct started started;
  size_t count = 0;
  char *text = strndup((char *)data + 4, 0);
  text = realloc(text, length);
  if (text == NULL) abort();
  memcpy(text, data + 4, length - 4);
  text[length - 4] = 0;
  for (char *word = text; word < text + length - 4 && count < 249; word += strlen(word) + 1)
    argv[count++] = word;
  if (programOf(link, channel) != NULL || count == 0)
    refuse(link, channel, "This channel is taken.");
  else if (!hasNamespace(number32(data)))
    refuse(link, channel, "This namespace has gone.");
  else if (startProgram(number32(data), argv, &started))
    addProgram(link, channel, &started);
  else
    refuse(link, channel, "The sandbox has no room for another program. End some of its programs.");
  free(text);
}

// ---- frames

static void listNamespaces(struct link *link) {
  struct namespaceList list;
  struct bytes json = {0};
  char number[96];
  scanNamespaces(&list);
  watchNamespaces(&list);
  bytesText(&json, "[");
  for (size_t i = 0; i < list.count; i++) {
    const struct namespaceEntry *entry = &list.entries[i];
    snprintf(number, sizeof number, "%s{\"inode\":%u,\"pid\":%d,\"initial\":%s,\"hostname\":",
             json.length > 1 ? "," : "", entry->inode, entry->pid,
             entry->inode == list.initial ? "true" : "false");
    bytesText(&json, number);
    bytesJsonString(&json, entry->hostname);
    bytesText(&json, ",\"netnsNames\":[");
    for (int name = 0; name < entry->nameCount; name++) {
      if (name > 0) bytesText(&json, ",");
      bytesJsonString(&json, entry->names[name]);
    }
    bytesText(&json, "]}");
    if (json.length > FRAME_MAXIMUM - 8192) {  // more follows: channel 1
      bytesText(&json, "]");
      answer(link, 'N', 1, json.data, json.length);
      bytesDrop(&json, json.length);
      bytesText(&json, "[");
    }
  }
  bytesText(&json, "]");
  answer(link, 'N', 0, json.data, json.length);
  bytesFree(&json);
  freeNamespaces(&list);
}

static void reportChange(uint32_t inode, const char *group) {
  char text[96];
  if (control == NULL || control->asleep || control->out.length > OUTPUT_WAITING) return;
  int length = snprintf(text, sizeof text, "{\"inode\":%u,\"group\":\"%s\"}", inode, group);
  answer(control, 'C', 0, text, length);
}

static void setClock(const unsigned char *data) {
  struct timespec time = {.tv_sec = (int64_t)number32(data) << 32 | number32(data + 4)};
  clock_settime(CLOCK_REALTIME, &time);
}

static void stirEntropy(const unsigned char *data, size_t length) {
  int file = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, data, length) > 0) ioctl(file, RESEED_RANDOM);
  close(file);
}

// Ctrl-C while the shell is not reading a line (then it has put its tty into raw mode): tells the
// shell that the reader wants to stop, by a signal and by a note, see bashrc.
static void announceStop(const struct program *program, const unsigned char *data, size_t length) {
  struct termios modes;
  char path[64];
  if (memchr(data, 3, length) == NULL || tcgetattr(program->output, &modes) != 0) return;
  if (!(modes.c_lflag & ICANON)) return;
  snprintf(path, sizeof path, NOTES "/stop.%d", program->pid);
  int note = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (note >= 0) {
    if (write(note, "1", 1) < 0) unlink(path);
    close(note);
  }
  kill(program->pid, SIGURG);
}

static void forgetStop(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, NOTES "/stop.%d", pid);
  unlink(path);
}

static void handleProgramFrame(struct program *program, char type, const unsigned char *data,
                               size_t length) {
  program->touched |= type == 'D';
  if (type == 'D' && program->input >= 0) {
    if (program->tty) announceStop(program, data, length);
    bytesAppend(&program->waiting, data, length);
    writeInput(program);
  }
  if (type == 'Z') {
    program->inputEnds = !program->tty;
    writeInput(program);
  }
  if (type == 'W' && length == 4 && program->tty) resize(program, data);
  if (type == 'K') hangUp(program);
}

static void handleFrame(struct link *link, unsigned char *frame, size_t length) {
  char type = frame[0];
  uint8_t channel = frame[1];
  unsigned char *data = frame + FRAME_HEADER;
  if (channel >= CHANNELS) return refuse(link, channel, "There are channels 0 to 63 only.");
  if (type == 'O' && length == 8) return openTerminal(link, channel, data);
  if (type == 'R' && length > 4) return runProgram(link, channel, data, length);
  if (type == 'P') return answer(link, 'P', channel, data, length);
  if (type == 'N') return listNamespaces(link);
  if (type == 'T' && length == 8) return setClock(data);
  if (type == 'S') return stirEntropy(data, length);
  if (type == 'L' && length == 1 && portDirectory != NULL) {
    if (servePort(data[0]) == NULL) refuse(link, channel, "There is no such port.");
    return;
  }
  struct program *program = programOf(link, channel);
  if (program != NULL) handleProgramFrame(program, type, data, length);
}

static void readLink(struct link *link) {
  unsigned char chunk[CHUNK];
  ssize_t got = read(link->fd, chunk, sizeof chunk);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return lostLink(link);
  bytesAppend(&link->in, chunk, got);
  while (link->used && link->in.length >= FRAME_HEADER) {
    unsigned char *frame = link->in.data + link->in.start;
    size_t length = frame[2] << 8 | frame[3];
    if (link->in.length < FRAME_HEADER + length) break;
    handleFrame(link, frame, length);
    if (link->used) bytesDrop(&link->in, FRAME_HEADER + length);
  }
}

// ---- the loop

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (int i = 0; i < PROGRAMS; i++)
      if (programs[i].used && programs[i].pid == pid) {
        programs[i].dead = true;
        programs[i].status = status;
        programs[i].deadSince = milliseconds();
        programs[i].holdUntil = 0;
      }
}

static void handleSignals(int fd) {
  struct signalfd_siginfo signals[16];
  ssize_t got = read(fd, signals, sizeof signals);
  for (ssize_t i = 0; i < got / (ssize_t)sizeof *signals; i++)
    if (signals[i].ssi_signo == SIGIO)
      for (int link = 0; link < LINKS; link++) links[link].asleep = false;
  reap();
}

static void acceptLink(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  struct link *link = addLink(fd, -1);
  if (link == NULL) {
    close(fd);
  } else if (control == NULL) {
    control = link;
    link->control = true;
  }
}

static bool inputIsFull(struct link *link) {
  if (link->control) return false;
  for (int i = 0; i < PROGRAMS; i++)
    if (programs[i].used && programs[i].link == link && programs[i].waiting.length > INPUT_WAITING)
      return true;
  return false;
}

enum { FIXED = 3, POLLED = FIXED + LINKS + 2 * PROGRAMS };
struct pollSet {
  struct pollfd fds[POLLED];
  void *owners[POLLED];
  int count;
};

static void addPoll(struct pollSet *set, int fd, short events, void *owner) {
  if (events == 0) return;
  set->fds[set->count] = (struct pollfd){.fd = fd, .events = events};
  set->owners[set->count++] = owner;
}

static int gatherPolls(struct pollSet *set) {
  int64_t now = milliseconds();
  int timeout = watchFlush(reportChange);
  for (int i = 0; i < LINKS; i++) {
    struct link *link = &links[i];
    if (!link->used || link->asleep) continue;
    short events = inputIsFull(link) ? 0 : POLLIN;
    addPoll(set, link->fd, events | (link->out.length > 0 ? POLLOUT : 0), link);
  }
  for (int i = 0; i < PROGRAMS; i++) {
    struct program *program = &programs[i];
    if (!program->used) continue;
    if (program->waiting.length > 0) addPoll(set, program->input, POLLOUT, program);
    if (program->dead && program->output < 0) {
      finish(program);
    } else if (program->output < 0 || full(program)) {
      continue;
    } else if (program->holdUntil > now) {
      int wait = program->holdUntil - now;
      if (timeout < 0 || wait < timeout) timeout = wait;
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
  mkdir(NOTES, 0700);
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
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return serve(descriptor);
}

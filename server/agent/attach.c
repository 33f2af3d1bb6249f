// Joins a terminal of a sandbox to this process's tty, as ssh does for a far machine: what is typed
// goes into the sandbox raw, what its shell prints comes out, and the window's size follows.
// Source: termios(3), protocol.ts for the frames.
//
// How it ended is told in the output itself, after its last byte, by the escape sequence
//   ESC ] 133 ; E ; STATUS ; KEY BEL     the shell ended
//   ESC ] 133 ; L ; ; KEY BEL            the connection was lost
//   ESC ] 133 ; X ; SENTENCE ; KEY BEL   the sandbox refused
// when the environment names a KEY in VETHBOOK_KEY; no program in the sandbox can know it. Then it
// waits for its tty to be closed, so that nothing unread is lost. Without a KEY it exits at once
// with the shell's status, 124 or 125.

#include "agent.h"
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
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

enum { WAITING_MAXIMUM = 65536 };
static struct bytes toSandbox, toTty, received;
static const char *key;
static int endCode = -1, connection = -1;

static int connectTo(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static void sendSize(char type, uint32_t inode) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  ioctl(0, TIOCGWINSZ, &size);
  unsigned char data[8] = {size.ws_row >> 8, size.ws_row,  size.ws_col >> 8, size.ws_col,
                           inode >> 24,      inode >> 16, inode >> 8,       inode};
  bytesFrame(&toSandbox, type, 0, data, type == 'O' ? 8 : 4);
}

static void end(char kind, const char *text, int code) {
  if (endCode >= 0) return;
  endCode = code;
  if (key == NULL) {
    if (kind == 'X') {
      bytesText(&toTty, text);
      bytesText(&toTty, "\r\n");
    }
    return;
  }
  char head[16];
  snprintf(head, sizeof head, "\033]133;%c;", kind);
  bytesText(&toTty, head);
  bytesText(&toTty, text);
  bytesText(&toTty, ";");
  bytesText(&toTty, key);
  bytesText(&toTty, "\a");
}

static void handleFrames(void) {
  while (endCode < 0 && received.length >= FRAME_HEADER) {
    unsigned char *frame = received.data + received.start;
    size_t length = frame[2] << 8 | frame[3];
    if (received.length < FRAME_HEADER + length) return;
    char text[512];
    if (frame[0] == 'D') bytesAppend(&toTty, frame + FRAME_HEADER, length);
    if (frame[0] == 'E' && length == 1) {
      snprintf(text, sizeof text, "%d", frame[FRAME_HEADER]);
      end('E', text, frame[FRAME_HEADER]);
    }
    if (frame[0] == 'X') {
      snprintf(text, sizeof text, "%.*s", (int)length, (char *)frame + FRAME_HEADER);
      end('X', text, 125);
    }
    bytesDrop(&received, FRAME_HEADER + length);
  }
}

// Writes what waits; false when the other side is gone.
static bool flush(struct bytes *queue, int fd) {
  while (queue->length > 0) {
    ssize_t written = write(fd, queue->data + queue->start, queue->length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return true;
    if (written <= 0) return false;
    bytesDrop(queue, written);
  }
  return true;
}

static void readSocket(int fd) {
  char chunk[32768];
  ssize_t got = read(fd, chunk, sizeof chunk);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return end('L', "", 124);
  bytesAppend(&received, chunk, got);
  handleFrames();
}

// Its tty is gone: the shell in the sandbox is hung up, as when a window is closed.
static void leave(void) {
  bytesFrame(&toSandbox, 'K', 0, NULL, 0);
  flush(&toSandbox, connection);
  exit(0);
}

static void readTty(void) {
  char chunk[16384];
  ssize_t got = read(0, chunk, sizeof chunk);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return leave();
  bytesFrame(&toSandbox, 'D', 0, chunk, got);
}

static int copy(int signalled) {
  int fd = connection;
  for (;;) {
    bool ended = endCode >= 0;
    if (ended && toTty.length == 0 && key == NULL) return endCode;
    struct pollfd polled[3] = {
        {ended ? -1 : fd,
         (toTty.length < WAITING_MAXIMUM ? POLLIN : 0) | (toSandbox.length > 0 ? POLLOUT : 0), 0},
        {0, (toSandbox.length < WAITING_MAXIMUM ? POLLIN : 0) | (toTty.length > 0 ? POLLOUT : 0), 0},
        {signalled, POLLIN, 0}};
    if (poll(polled, 3, -1) < 0 && errno != EINTR) return 124;
    if (polled[2].revents) {
      struct signalfd_siginfo info;
      if (read(signalled, &info, sizeof info) != sizeof info) continue;
      if (info.ssi_signo != SIGWINCH) leave();
      if (!ended) sendSize('W', 0);
    }
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) readSocket(fd);
    if (polled[1].revents & (POLLIN | POLLHUP | POLLERR)) readTty();
    if (ended) bytesDrop(&toSandbox, toSandbox.length);
    if (endCode < 0 && !flush(&toSandbox, fd)) end('L', "", 124);
    if (!flush(&toTty, 1)) return 124;
  }
}

int attachTerminal(const char *socketPath, uint32_t inode) {
  struct termios before, raw;
  sigset_t signals;
  key = getenv("VETHBOOK_KEY");
  sigemptyset(&signals);
  sigaddset(&signals, SIGWINCH);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN);
  int signalled = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (tcgetattr(0, &before) != 0) {
    fprintf(stderr, "Standard input is not a terminal.\n");
    return 2;
  }
  raw = before;
  cfmakeraw(&raw);
  tcsetattr(0, TCSANOW, &raw);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  connection = connectTo(socketPath);
  if (connection < 0)
    end('L', "", 124);
  else
    sendSize('O', inode);
  if (connection >= 0 && !flush(&toSandbox, connection)) end('L', "", 124);
  int code = copy(signalled);
  tcsetattr(0, TCSANOW, &before);
  return code;
}

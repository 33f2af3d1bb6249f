// The agent's connections. In a VM a connection is a virtio port, on a host sandbox a Unix socket. A
// port whose other side is detached polls ready for ever and reads nothing, so it sleeps until the
// kernel says by SIGIO that something changed (serve.c). A socket that is closed is gone.
// Source: virtio_console in the kernel, unix(7), fcntl(2) O_ASYNC.

#include "agent.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 32768 };

struct link links[LINKS];
struct link *control;
const char *portDirectory;

struct link *addLink(int fd, int port) {
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

static void endLink(struct link *link) {
  if (link->control) exit(0);  // nobody is left to serve; the sandbox ends with this process
  hangUpAll(link);
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

void sendWaiting(struct link *link) {
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

void answer(struct link *link, char type, uint8_t channel, const void *data, size_t length) {
  bytesFrame(&link->out, type, channel, data, length);
  sendWaiting(link);
}

void refuse(struct link *link, uint8_t channel, const char *sentence) {
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

struct link *servePort(int number) {
  for (int i = 0; i < LINKS; i++)
    if (links[i].used && links[i].port == number) {
      links[i].asleep = false;
      return &links[i];
    }
  int fd = openPort(number);
  return fd < 0 ? NULL : addLink(fd, number);
}

void acceptLink(int listener) {
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

void readLink(struct link *link) {
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

// What the frames of protocol.ts ask for, one function for each.
// Source: clock_settime(2), random(4).

#include "agent.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
  RESEED_RANDOM = 0x5207,  // RNDRESEEDCRNG of linux/random.h
  // The longest entry of a list: a hostname and 8 names, each byte of them escaped as 6.
  ENTRY_MAXIMUM = 9 * 6 * NAME_MAXIMUM + 256,
};

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
    if (json.length > FRAME_MAXIMUM - ENTRY_MAXIMUM) {  // more follows: channel 1
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

bool reportChange(uint32_t inode, const char *group) {
  char text[96];
  if (control == NULL || control->asleep || control->out.length > OUTPUT_WAITING) return false;
  int length = snprintf(text, sizeof text, "{\"inode\":%u,\"group\":\"%s\"}", inode, group);
  answer(control, 'C', 0, text, length);
  return true;
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
  if (type == 'W' && length == 4 && program->tty) resizeTerminal(program, data);
  if (type == 'K') hangUp(program);
}

void handleFrame(struct link *link, unsigned char *frame, size_t length) {
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

// A queue of bytes, and the few things that are written into one: frames and JSON strings.
// Source: the frame of protocol.ts; JSON strings as in RFC 8259 section 7.

#include "agent.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bytesAppend(struct bytes *queue, const void *data, size_t length) {
  if (queue->start + queue->length + length > queue->room) {
    if (queue->start > 0) {
      memmove(queue->data, queue->data + queue->start, queue->length);
      queue->start = 0;
    }
    if (queue->length + length > queue->room) {
      queue->room = (queue->length + length) * 2;
      queue->data = realloc(queue->data, queue->room);
      if (queue->data == NULL) abort();
    }
  }
  memcpy(queue->data + queue->start + queue->length, data, length);
  queue->length += length;
}

void bytesDrop(struct bytes *queue, size_t length) {
  queue->start += length;
  queue->length -= length;
  if (queue->length == 0) queue->start = 0;
}

void bytesFree(struct bytes *queue) {
  free(queue->data);
  *queue = (struct bytes){0};
}

void bytesFrame(struct bytes *queue, char type, uint8_t channel, const void *data, size_t length) {
  unsigned char header[FRAME_HEADER] = {type, channel, length >> 8, length};
  bytesAppend(queue, header, sizeof header);
  if (length > 0) bytesAppend(queue, data, length);
}

void bytesText(struct bytes *queue, const char *text) { bytesAppend(queue, text, strlen(text)); }

void bytesJsonString(struct bytes *queue, const char *text) {
  bytesText(queue, "\"");
  for (; *text != 0; text++) {
    unsigned char byte = *text;
    char escaped[8];
    if (byte == '"' || byte == '\\') {
      bytesText(queue, "\\");
      bytesAppend(queue, text, 1);
    } else if (byte < 0x20) {
      snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      bytesText(queue, escaped);
    } else {
      bytesAppend(queue, text, 1);
    }
  }
  bytesText(queue, "\"");
}

uint16_t number16(const unsigned char *data) { return data[0] << 8 | data[1]; }

uint32_t number32(const unsigned char *data) {
  return (uint32_t)number16(data) << 16 | number16(data + 2);
}

int64_t milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

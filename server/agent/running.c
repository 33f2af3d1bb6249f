// The shells and programs that run for a connection: their input, their output, their end.
// Source: pty(7), pipe(7). Not here: starting them (start.c), what Ctrl-C means (stops.c).

#include "agent.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
  CHUNK = 32768,          // output of one frame
  INPUT_WAITING = 65536,  // unread keys at which a terminal's connection has to wait
  REPLAY_MAXIMUM = 8192,
  GATHER = 4,             // milliseconds in which lines of a burst become one frame
  LINGER = 200,           // milliseconds for output of background jobs after the end
  ARGUMENTS = 250,
};

struct program programs[PROGRAMS];

struct program *programOf(struct link *link, uint8_t channel) {
  for (int i = 0; i < PROGRAMS; i++)
    if (programs[i].used && programs[i].link == link && programs[i].channel == channel)
      return &programs[i];
  return NULL;
}

// Without its pty no shell stays, even one that ignores the signal.
void hangUp(struct program *program) {
  kill(-program->pid, SIGHUP);
  kill(-program->pid, SIGCONT);
  if (!program->tty || program->output < 0) return;
  close(program->output);
  program->input = program->output = -1;
}

void hangUpAll(struct link *link) {
  for (int i = 0; i < PROGRAMS; i++) {
    if (!programs[i].used || programs[i].link != link) continue;
    hangUp(&programs[i]);
    programs[i].link = NULL;
  }
}

static void endInput(struct program *program) {
  if (!program->tty && program->input >= 0) close(program->input);
  program->input = -1;
  bytesFree(&program->waiting);
}

void writeInput(struct program *program) {
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

void finish(struct program *program) {
  int status = program->status;
  uint8_t code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  endInput(program);
  if (program->output >= 0) close(program->output);
  if (program->tty) forgetStop(program);
  bytesFree(&program->replay);
  program->used = false;
  if (program->link != NULL) answer(program->link, 'E', program->channel, &code, 1);
}

bool outputIsFull(const struct program *program) {
  const struct link *link = program->link;
  return link != NULL && (link->asleep || link->out.length >= OUTPUT_WAITING);
}

void readOutput(struct program *program) {
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
  kill(started->pid, SIGKILL);
  close(started->input);
  if (started->output != started->input) close(started->output);
  refuse(link, channel, "Too many programs run in this sandbox at once. Reset it.");
}

void resizeTerminal(struct program *program, const unsigned char *data) {
  struct winsize size = {.ws_row = number16(data), .ws_col = number16(data + 2)};
  ioctl(program->output, TIOCSWINSZ, &size);
}

void openTerminal(struct link *link, uint8_t channel, const unsigned char *data) {
  struct program *program = programOf(link, channel);
  struct started started;
  uint32_t inode = number32(data + 4);
  if (program != NULL) {
    resizeTerminal(program, data);
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

void runProgram(struct link *link, uint8_t channel, const unsigned char *data, size_t length) {
  char *argv[ARGUMENTS] = {0};
  struct started started;
  size_t count = 0;
  char *text = malloc(length);
  if (text == NULL) abort();
  memcpy(text, data + 4, length - 4);
  text[length - 4] = 0;
  for (char *word = text; word < text + length - 4 && count < ARGUMENTS - 1; word += strlen(word) + 1)
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

bool inputIsFull(struct link *link) {
  if (link->control) return false;
  for (int i = 0; i < PROGRAMS; i++)
    if (programs[i].used && programs[i].link == link && programs[i].waiting.length > INPUT_WAITING)
      return true;
  return false;
}

void reap(void) {
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

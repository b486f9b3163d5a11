/* A scratch file in /tmp for the probes that read and write: 4 KiB long, already unlinked. */
#ifndef FILE_H
#define FILE_H

#include "probe.h"

enum { BLOCK = 4096, SYS_pread64 = 180, SYS_pwrite64 = 181 };

static u32 block[BLOCK / 4];

static inline int scratch_file(void) {
  char path[] = "/tmp/probe-00000000";
  u32 id = getpid();
  for (char *at = path + sizeof path - 2; id > 0; id >>= 4) *at-- = "0123456789abcdef"[id & 15];
  for (u32 i = 0; i < BLOCK / 4; i++) block[i] = i;
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) give_up(path, fd);
  unlink(path);
  long n = write(fd, block, BLOCK);
  if (n != BLOCK) give_up("write", n);
  return fd;
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Files that are read or written whole, by one request. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "task.h"

/* Larger ones need open, read and close. */
void answer_read_file(struct task *task)
{
	size_t path_length = task->frame.header.length, length = 0;
	char *content = task->frame.payload;
	ssize_t got = 0;
	int fd;

	if (path_length >= PATH_MAX) {
		reply_error(task, ENAMETOOLONG, "open");
		return;
	}
	content[path_length] = '\0';
	fd = open(content, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		reply_error(task, errno, "open");
		return;
	}
	while (length < MAX_PAYLOAD && (got = read(fd, content + length, MAX_PAYLOAD - length)) > 0)
		length += got;
	if (got)
		reply_error(task, got < 0 ? errno : EFBIG, "read");
	else
		reply(task, DATA, length);
	close(fd);
}

static int write_all(int fd, const char *content, size_t left)
{
	while (left) {
		ssize_t written = write(fd, content, left);

		if (written <= 0)
			return written ? errno : ENOSPC;
		content += written;
		left -= written;
	}
	return 0;
}

/* Written under a temporary name, then renamed. */
void answer_write_file(struct task *task)
{
	const struct new_file *file = &task->frame.new_file;
	size_t length = task->frame.header.length - offsetof(struct new_file, path);
	char path[PATH_MAX], part[PATH_MAX + sizeof(".part")];
	int fd, failure;

	if (file->path_length >= sizeof(path) || file->path_length > length) {
		reply_error(task, ENAMETOOLONG, "open");
		return;
	}
	snprintf(path, sizeof(path), "%.*s", (int)file->path_length, file->path);
	snprintf(part, sizeof(part), "%s.part", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		reply_error(task, errno, "open");
		return;
	}
	failure = write_all(fd, file->path + file->path_length,
			    length - file->path_length);
	if (failure) {
		reply_error(task, failure, "write");
		unlink(part);
	} else if (fchmod(fd, file->mode) || rename(part, path)) {
		reply_error(task, errno, "rename");
	} else {
		reply(task, OK, 0);
	}
	close(fd);
}

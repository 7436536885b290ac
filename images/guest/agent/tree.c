// SPDX-License-Identifier: GPL-2.0-only
/* The names in a folder and all below it. No stat(2): that may run code of the file system. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "task.h"

/* An entry's level is one byte. */
#define MAX_LEVEL	255

struct walk {
	char *names;		/* of each entry: its level, its name, a null byte */
	size_t length;
	uint32_t skip;		/* entries that the client has already */
	bool is_full;
	const char *closed, *closed_end;	/* patterns, each with its null byte */
	char path[PATH_MAX];
};

static bool is_closed(const struct walk *walk)
{
	const char *pattern = walk->closed;

	for (; pattern < walk->closed_end; pattern += strlen(pattern) + 1)
		if (!fnmatch(pattern, walk->path, FNM_PATHNAME))
			return true;
	return false;
}

static void put(struct walk *walk, unsigned char level, const char *name)
{
	size_t size = strlen(name) + 1;

	if (walk->skip) {
		walk->skip--;
	} else if (walk->length + 1 + size > MAX_PAYLOAD) {
		walk->is_full = true;
	} else {
		walk->names[walk->length] = level;
		memcpy(walk->names + walk->length + 1, name, size);
		walk->length += 1 + size;
	}
}

static void walk_folder(struct walk *walk, size_t length, unsigned char level)
{
	DIR *folder = opendir(walk->path);
	const struct dirent *entry;

	/* It may be gone, and some may not be read. */
	if (!folder)
		return;
	while (!walk->is_full && (entry = readdir(folder))) {
		const char *name = entry->d_name;
		size_t room = sizeof(walk->path) - length, more;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		put(walk, level, name);
		more = snprintf(walk->path + length, room, "/%s", name);
		if (entry->d_type == DT_DIR && level < MAX_LEVEL && more < room && !is_closed(walk))
			walk_folder(walk, length + more, level + 1);
	}
	closedir(folder);
}

void answer_list_tree(struct task *task)
{
	struct list_tree asked;
	struct walk walk = { .names = task->frame.payload };
	size_t size = task->frame.header.length, length;

	memset(&asked, 0, sizeof(asked));
	memcpy(&asked, task->frame.payload, size);
	length = strlen(asked.patterns);
	memcpy(walk.path, asked.patterns, length + 1);
	walk.skip = asked.skip;
	walk.closed = asked.patterns + length + 1;
	walk.closed_end = (const char *)&asked + size;
	walk_folder(&walk, length, 1);
	reply(task, DATA, walk.length);
}

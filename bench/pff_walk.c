/* SPDX-License-Identifier: Apache-2.0
 * The yardstick of pst_bench: reads everything of PST and OST files through the programming interface of libpff (every
 * value of every object, recipients, bytes of attachments, messages in them), each file opened anew in each round.
 *
 *   pff_walk ROUNDS FILE...
 *
 * prints, of the best round, "CPU_SECONDS MESSAGES VALUES BYTES". Built only where libpff is installed; nothing links
 * it. What libpff cannot read is left out. */
#include <libpff.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t messages, values, bytes;
static uint8_t* buffer;
static size_t buffer_size;

static void need_buffer(size_t size) {
  if (size <= buffer_size) return;
  free(buffer);
  buffer = malloc(size);
  if (buffer == NULL) abort();
  buffer_size = size;
}

static void read_values(libpff_item_t* item) {
  int sets = 0;
  if (item == NULL || libpff_item_get_number_of_record_sets(item, &sets, NULL) != 1) return;
  for (int s = 0; s < sets; ++s) {
    libpff_record_set_t* set = NULL;
    int entries = 0;
    if (libpff_item_get_record_set_by_index(item, s, &set, NULL) != 1) continue;
    if (libpff_record_set_get_number_of_entries(set, &entries, NULL) != 1) entries = 0;
    for (int e = 0; e < entries; ++e) {
      libpff_record_entry_t* entry = NULL;
      size_t size = 0;
      uint32_t type = 0;
      if (libpff_record_set_get_entry_by_index(set, e, &entry, NULL) != 1) continue;
      /* The bytes of an attachment are read once, below. */
      const int is_data = libpff_record_entry_get_entry_type(entry, &type, NULL) == 1 && type == 0x3701;
      ++values;
      if (!is_data && libpff_record_entry_get_data_size(entry, &size, NULL) == 1 && size > 0) {
        need_buffer(size);
        if (libpff_record_entry_get_data(entry, buffer, size, NULL) == 1) bytes += size;
      }
      libpff_record_entry_free(&entry, NULL);
    }
    libpff_record_set_free(&set, NULL);
  }
}

static void read_message(libpff_item_t* message, int depth);

static void read_attachment(libpff_item_t* attachment, int depth) {
  libpff_item_t* inside = NULL;
  size64_t size = 0;
  int type = 0;
  read_values(attachment);
  if (libpff_attachment_get_type(attachment, &type, NULL) != 1) return;
  if (type == LIBPFF_ATTACHMENT_TYPE_ITEM) {
    if (libpff_attachment_get_item(attachment, &inside, NULL) == 1) {
      read_message(inside, depth + 1);
      libpff_item_free(&inside, NULL);
    }
  } else if (type == LIBPFF_ATTACHMENT_TYPE_DATA && libpff_attachment_get_data_size(attachment, &size, NULL) == 1) {
    need_buffer(65536);
    for (;;) {
      const ssize_t got = libpff_attachment_data_read_buffer(attachment, buffer, 65536, NULL);
      if (got <= 0) break;
      bytes += (uint64_t)got;
    }
  }
}

static void read_message(libpff_item_t* message, int depth) {
  libpff_item_t* recipients = NULL;
  int count = 0;
  if (depth > 50) return;
  ++messages;
  read_values(message);
  if (libpff_message_get_recipients(message, &recipients, NULL) == 1) {
    read_values(recipients);
    libpff_item_free(&recipients, NULL);
  }
  if (libpff_message_get_number_of_attachments(message, &count, NULL) != 1) return;
  for (int i = 0; i < count; ++i) {
    libpff_item_t* attachment = NULL;
    if (libpff_message_get_attachment(message, i, &attachment, NULL) != 1) continue;
    read_attachment(attachment, depth);
    libpff_item_free(&attachment, NULL);
  }
}

static void read_folder(libpff_item_t* folder) {
  int count = 0;
  read_values(folder);
  if (libpff_folder_get_number_of_sub_messages(folder, &count, NULL) == 1) {
    for (int i = 0; i < count; ++i) {
      libpff_item_t* message = NULL;
      if (libpff_folder_get_sub_message(folder, i, &message, NULL) != 1) continue;
      read_message(message, 0);
      libpff_item_free(&message, NULL);
    }
  }
  count = 0;
  if (libpff_folder_get_number_of_sub_associated_contents(folder, &count, NULL) == 1) {
    for (int i = 0; i < count; ++i) {
      libpff_item_t* message = NULL;
      if (libpff_folder_get_sub_associated_content(folder, i, &message, NULL) != 1) continue;
      read_message(message, 0);
      libpff_item_free(&message, NULL);
    }
  }
  count = 0;
  if (libpff_folder_get_number_of_sub_folders(folder, &count, NULL) != 1) return;
  for (int i = 0; i < count; ++i) {
    libpff_item_t* below = NULL;
    if (libpff_folder_get_sub_folder(folder, i, &below, NULL) != 1) continue;
    read_folder(below);
    libpff_item_free(&below, NULL);
  }
}

static void read_file(const char* path) {
  libpff_file_t* file = NULL;
  libpff_item_t* item = NULL;
  if (libpff_file_initialize(&file, NULL) != 1) abort();
  if (libpff_file_open(file, path, LIBPFF_OPEN_READ, NULL) == 1) {
    if (libpff_file_get_message_store(file, &item, NULL) == 1) {
      read_values(item);
      libpff_item_free(&item, NULL);
    }
    if (libpff_file_get_root_folder(file, &item, NULL) == 1) {
      read_folder(item);
      libpff_item_free(&item, NULL);
    }
    libpff_file_close(file, NULL);
  }
  libpff_file_free(&file, NULL);
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

int main(int argc, char** argv) {
  double best = 1e9;
  const int rounds = argc > 2 ? atoi(argv[1]) : 0;
  if (rounds < 1) return 2;
  for (int round = 0; round < rounds; ++round) {
    messages = values = bytes = 0;
    const double start = now();
    for (int i = 2; i < argc; ++i) read_file(argv[i]);
    const double spent = now() - start;
    if (spent < best) best = spent;
  }
  printf("%.6f %llu %llu %llu\n", best, (unsigned long long)messages, (unsigned long long)values,
         (unsigned long long)bytes);
  free(buffer);
  return 0;
}

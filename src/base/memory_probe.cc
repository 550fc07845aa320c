// SPDX-License-Identifier: Apache-2.0
#include "base/memory_probe.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace mapiary {
namespace {

// Pages are not made present for a claim that nobody will read.
constexpr std::uintptr_t kAtOnce = 4 << 20;

std::uintptr_t page_size() {
  static const auto size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::uintptr_t address_of(const void* at) {
  return reinterpret_cast<std::uintptr_t>(at);
}

// Where process_vm_readv is forbidden (seccomp), write() of one byte into a pipe says the same.
bool readable_by_pipe(const void* at) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  const bool good = write(ends[1], at, 1) == 1;
  close(ends[0]);
  close(ends[1]);
  return good;
}

bool byte_readable(std::uintptr_t at) {
  char byte;
  iovec local{&byte, 1};
  iovec remote{reinterpret_cast<void*>(at), 1};
  const ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (got == 1) return true;
  if (errno == EPERM || errno == ENOSYS) return readable_by_pipe(reinterpret_cast<void*>(at));
  return false;
}

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string_view modes;
  std::string_view file;
};

// "begin-end modes offset device inode   file"
bool parse_mapping(std::string_view line, Mapping& out) {
  const char* const last = line.data() + line.size();
  auto [dash, error] = std::from_chars(line.data(), last, out.begin, 16);
  if (error != std::errc{} || dash == last || *dash != '-') return false;
  auto [space, end_error] = std::from_chars(dash + 1, last, out.end, 16);
  if (end_error != std::errc{} || last - space < 5) return false;
  out.modes = std::string_view(space + 1, 4);
  const std::size_t slash = line.find('/');
  out.file = slash == std::string_view::npos ? std::string_view() : line.substr(slash);
  return true;
}

template <class Visit>
void each_mapping(Visit&& visit) {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  Mapping mapping;
  while (std::getline(maps, line)) {
    if (parse_mapping(line, mapping) && !visit(mapping)) return;
  }
}

bool writable_by_maps(std::uintptr_t begin, std::uintptr_t end) {
  std::uintptr_t good_to = begin;
  each_mapping([&](const Mapping& mapping) {
    if (mapping.end <= good_to) return true;
    if (mapping.begin > good_to || mapping.modes[1] != 'w') return false;
    good_to = mapping.end;
    return good_to < end;
  });
  return good_to >= end;
}

}  // namespace

bool MemoryProbe::page_readable(std::uintptr_t page) {
  std::uintptr_t& slot = good_[(page / page_size()) % good_.size()];
  if (slot == page) return true;
  if (!byte_readable(page)) return false;
  slot = page;
  return true;
}

bool MemoryProbe::readable(const void* at, std::size_t size) {
  if (size == 0) return true;
  const std::uintptr_t begin = address_of(at);
  const std::uintptr_t last = begin + (size - 1);
  if (begin == 0 || last < begin) return false;
  const std::uintptr_t mask = ~(page_size() - 1);
  // One question about all of them, if the kernel knows it. A no may have other reasons; the pages tell.
  const std::uintptr_t first = begin & mask, end = (last & mask) + page_size();
  if (first != 0 && end - first > page_size() && end - first <= kAtOnce &&
      madvise(reinterpret_cast<void*>(first), end - first, MADV_POPULATE_READ) == 0) {
    return true;
  }
  for (std::uintptr_t page = begin & mask;; page += page_size()) {
    // The very first page holds no data of ours, and 0 marks an empty slot.
    if (page == 0 || !page_readable(page)) return false;
    if (page == (last & mask)) return true;
  }
}

bool MemoryProbe::writable(const void* at, std::size_t size) {
  if (size == 0) return true;
  const std::uintptr_t begin = address_of(at);
  const std::uintptr_t last = begin + (size - 1);
  if (begin == 0 || last < begin) return false;
  const std::uintptr_t mask = ~(page_size() - 1);
  // The end is not bounded by the size alone: ask page by page so that a huge size stops at the first hole.
  for (std::uintptr_t page = begin & mask;; page += page_size()) {
    if (page == 0) return false;
    if (madvise(reinterpret_cast<void*>(page), page_size(), MADV_POPULATE_WRITE) != 0) {
      // EINVAL: a mapping without the right, a device's memory, or a kernel that does not know the question.
      return errno == EINVAL && writable_by_maps(page, (last & mask) + page_size());
    }
    if (page == (last & mask)) return true;
  }
}

template <class Char>
std::optional<std::size_t> MemoryProbe::length_of(const Char* at, std::size_t max_units) {
  std::size_t length = 0;
  while (length < max_units) {
    const Char* from = at + length;
    if (!readable(from, sizeof(Char))) return std::nullopt;
    // Every whole unit up to the end of the page that the last byte just asked about is on.
    const std::uintptr_t last_byte = address_of(from) + sizeof(Char) - 1;
    const std::uintptr_t page_end = (last_byte & ~(page_size() - 1)) + page_size();
    const std::size_t units = std::min(max_units - length, (page_end - address_of(from)) / sizeof(Char));
    for (std::size_t i = 0; i < units; ++i) {
      Char unit;
      std::memcpy(&unit, from + i, sizeof(unit));
      if (unit == 0) return length + i;
    }
    length += units;
  }
  return max_units;
}

std::optional<std::size_t> MemoryProbe::string_length(const char* at, std::size_t max_units) {
  return length_of(at, max_units);
}
std::optional<std::size_t> MemoryProbe::string_length(const wchar_t* at, std::size_t max_units) {
  return length_of(at, max_units);
}

// The kernel copies, so the memory may be anybody's: nothing here reads it.
bool MemoryProbe::copy(void* to, const void* from, std::size_t size) {
  if (size == 0) return true;
  iovec local{to, size};
  iovec remote{const_cast<void*>(from), size};
  const ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  if (got >= 0 || (errno != EPERM && errno != ENOSYS)) return got == static_cast<ssize_t>(size);
  if (!readable(from, size)) return false;
  std::memcpy(to, from, size);
  return true;
}

std::string loaded_file_of(const void* address) {
  std::string found;
  each_mapping([&](const Mapping& mapping) {
    if (address_of(address) >= mapping.end) return true;
    if (address_of(address) >= mapping.begin) found = mapping.file;
    return false;
  });
  return found;
}

}  // namespace mapiary

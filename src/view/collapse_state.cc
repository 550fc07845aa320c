// SPDX-License-Identifier: Apache-2.0
#include "view/collapse_state.h"

#include "base/bytes.h"

namespace mapiary::view {
namespace {

constexpr std::uint32_t kMagic = 0x5343564D;  // "MVCS"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kLeastCategory = 8;

void put_text(ByteWriter& out, std::string_view text) {
  out.put_u32(static_cast<std::uint32_t>(text.size()));
  out.put_bytes(text);
}

Result<std::string> read_text(ByteReader& in) {
  const std::uint32_t size = TRY(in.u32());
  return std::string(TRY(in.chars(size)));
}

Result<CollapseState> read(ByteReader& in) {
  CollapseState state;
  if (TRY(in.u32()) != kMagic || TRY(in.u16()) != kVersion)
    return tl::unexpected<Error>(in.error("no collapse state of this version"));
  state.levels = TRY(in.u16());
  state.fingerprint = TRY(in.u64());
  state.heading = TRY(in.u8()) != 0;
  state.level = TRY(in.u32());
  state.row = TRY(in.u64());
  state.instance = TRY(in.u32());
  state.key = TRY(read_text(in));
  state.path = TRY(read_text(in));
  state.expanded_levels = TRY(in.u32());
  const std::uint32_t count = TRY(in.u32());
  if (count > in.remaining() / kLeastCategory) return tl::unexpected<Error>(in.error("more categories than bytes"));
  state.exceptions.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t level = TRY(in.u32());
    std::string path = TRY(read_text(in));
    state.exceptions.push_back({level, std::move(path)});
  }
  if (!in.at_end()) return tl::unexpected<Error>(in.error("bytes after the end"));
  return state;
}

}  // namespace

std::string CollapseState::pack() const {
  ByteWriter out;
  out.put_u32(kMagic);
  out.put_u16(kVersion);
  out.put_u16(static_cast<std::uint16_t>(levels));
  out.put_u64(fingerprint);
  out.put_u8(heading ? 1 : 0);
  out.put_u32(level);
  out.put_u64(row);
  out.put_u32(instance);
  put_text(out, key);
  put_text(out, path);
  out.put_u32(expanded_levels);
  out.put_u32(static_cast<std::uint32_t>(exceptions.size()));
  for (const Category& category : exceptions) {
    out.put_u32(category.level);
    put_text(out, category.path);
  }
  return out.take();
}

Result<CollapseState> CollapseState::unpack(std::string_view bytes) {
  ByteReader in(bytes_of(bytes), "collapse state", "view");
  auto state = read(in);
  if (!state) return fail(Code::kUnableToComplete, "view", "A saved collapse state cannot be read", in.position());
  return state;
}

}  // namespace mapiary::view

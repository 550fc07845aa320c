// SPDX-License-Identifier: Apache-2.0
// The border of administration objects. They hold no lock during a call: a message service's entry function may run in
// it for as long as it likes, and the objects have no state of their own but the last error. After the session's end
// (the gate is closed) every call answers so.
#pragma once

#include "com/border.h"

namespace mapiary::session::admin {

inline tl::unexpected<Error> bad(const char* what) {
  return fail(Code::kInvalidArgument, "session", what);
}

class AdminBorder {
 public:
  explicit AdminBorder(std::shared_ptr<com::Gate> gate) : gate_(std::move(gate)) {}

  const std::shared_ptr<com::Gate>& gate() const { return gate_; }

  template <class Body>
  HRESULT call(Body&& body) noexcept {
    if (!gate_->is_open()) return report(Error(gate_->why(), "session", "the session of this object has ended"));
    Result<HRESULT> result = com::detail::run(std::forward<Body>(body));
    return result ? *result : report(std::move(result).error());
  }
  // For a call that succeeds in part: the text that GetLastError(warning) answers.
  HRESULT warn(HRESULT warning, Error why) {
    last_.set(warning, std::move(why));
    return warning;
  }
  HRESULT get_last_error(HRESULT hr, ULONG flags, LPMAPIERROR* out) const { return last_.get(hr, flags, out); }

 private:
  HRESULT report(Error error) noexcept {
    const HRESULT hr = com::to_hresult(error);
    last_.set(hr, std::move(error));
    return hr;
  }

  std::shared_ptr<com::Gate> gate_;
  com::LastError last_;
};

}  // namespace mapiary::session::admin

// Objects made new where they lie. Core.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace daymark {

/// Makes `object` what a new one of `arguments` is. Assignment of a new one would build that on the
/// stack first, of which a chip has little.
template <class T, class... Arguments>
void renew(T& object, Arguments&&... arguments) {
  static_assert(std::is_trivially_destructible_v<T>);
  std::construct_at(&object, std::forward<Arguments>(arguments)...);
}

}  // namespace daymark

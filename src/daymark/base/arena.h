// Memory for one object at a time: working memory whose users come one after the other. Core.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include "daymark/base/bytes.h"

namespace daymark {

/// Not thread-safe.
template <std::size_t Size>
class Arena {
 public:
  /// A new object in the place of the one before, which ends without a word.
  template <class T>
  [[nodiscard]] T& start() {
    static_assert(sizeof(T) <= Size && alignof(T) <= alignment);
    static_assert(std::is_trivially_destructible_v<T>);
    return *new (bytes_) T;
  }

 private:
  static constexpr std::size_t alignment = 8;

  alignas(alignment) Byte bytes_[Size];
};

}  // namespace daymark

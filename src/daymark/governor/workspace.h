// The governor's working memory while it answers: the memory of the answer, which is not written
// before all else is done. Core.
//
//   | answer's head | proof scratch …            |        answer written from the front
//   |               …  document | payload / late |        what answers are made of, at the end
//
// What is proven lies at the front, what an answer is made of at the end: the answer grows over the
// first and does not reach the second.
#pragma once

#include <new>

#include "daymark/governor/documents.h"
#include "daymark/governor/message.h"
#include "daymark/order/proven.h"

namespace daymark::governor {

/// Not thread-safe.
class Workspace {
 public:
  /// Bytes at the front that are the answer's from the start.
  static constexpr std::size_t answer_head = 16;
  static constexpr std::size_t alignment = 16;

  Workspace() = default;

  /// `response` is not smaller than response_size_max.
  explicit Workspace(MutableBytes response) {
    const auto at = reinterpret_cast<std::uintptr_t>(response.data()) + answer_head;
    const std::size_t skip = answer_head + (alignment - at % alignment) % alignment;
    space_ = response.subspan(skip).first<space_size>();
  }

  /// For the proof of one order. It ends where an answer is written.
  [[nodiscard]] order::ProofScratch& start_proof() {
    static_assert(sizeof(order::ProofScratch) <= space_size);
    return *new (space_.data()) order::ProofScratch;
  }

  [[nodiscard]] MutableBytes payload() const { return space_.last(document_size_max); }

  [[nodiscard]] MutableBytes document() const {
    return space_.last(2 * document_size_max).first(document_size_max);
  }

  /// Something that an answer is made of, in the place of document and payload.
  template <class T>
  [[nodiscard]] T& start_late() {
    static_assert(sizeof(T) <= 2 * document_size_max && std::is_trivially_destructible_v<T>);
    return *new (document().data()) T;
  }

 private:
  static constexpr std::size_t space_size =
      (response_size_max - answer_head - alignment) / alignment * alignment;
  static_assert(document_size_max % alignment == 0);
  // A signed document in an answer, and whatever is shorter.
  static_assert(answer_head + document_size_max + 16 <= space_size - 2 * document_size_max);

  MutableBytes space_;
};

}  // namespace daymark::governor

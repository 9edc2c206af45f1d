// One operation of a kernel's field on digits that a test chooses.
#pragma once

#include "daymark/lanes/edwards_internal.h"

namespace daymark::lanes::internal {

template <class F>
struct Probe {
  using Element = typename F::Element;

  static Element apply(FieldOperation operation, const Element& a, const Element& b) {
    switch (operation) {
      case FieldOperation::multiply: return Edwards<F>::multiply(a, b);
      case FieldOperation::square: return F::reduce(F::square(a));
      case FieldOperation::sum: return F::sum(a, b);
      case FieldOperation::difference: return F::difference(a, b);
      case FieldOperation::tight_sum: return F::tight_sum(a, b);
      case FieldOperation::tight_difference: return F::tight_difference(a, b);
      case FieldOperation::double_and_add: return double_and_add(a, b);
      case FieldOperation::negate: return negate(a);
      case FieldOperation::invert: return Edwards<F>::invert(a);
    }
    return a;
  }

  /// Kernel::probe.
  static void run(FieldOperation operation, const ProbeElement& a, const ProbeElement& b,
                  ProbeElement& out) {
    const Element result = apply(operation, F::from_digits(a.value), F::from_digits(b.value));
    F::to_digits(result, out.value);
  }

 private:
  static Element negate(const Element& a) {
    std::int64_t all[F::lanes];
    for (std::int64_t& flag : all)
      flag = -1;
    return F::negate_if(F::mask(all), a);
  }

  /// The largest sums of unreduced products that the formulas of points make, all in one:
  /// (2 a^2 + b^2 - a b) and (b^2 - (a^2 + a b)) and 2a.
  static Element double_and_add(const Element& a, const Element& b) {
    const auto aa = F::square(a);
    const auto bb = F::square(b);
    const auto ab = F::product(a, b);
    const Element first = F::reduce(F::minus(F::plus(F::plus(aa, aa), bb), ab));
    const Element second = F::reduce(F::minus(bb, F::plus(aa, ab)));
    const auto wide = F::widen(a);
    return F::tight_sum(first, F::tight_difference(second, F::reduce(F::plus(wide, wide))));
  }
};

}  // namespace daymark::lanes::internal

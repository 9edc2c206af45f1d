// Every kernel's field against big integers, with digits at the ends of their bounds.
#include <memory>
#include <random>

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include "daymark/lanes/lanes_testing.h"

namespace daymark::lanes {
namespace {

using internal::DigitBounds;
using internal::FieldOperation;
using internal::limb_count;
using internal::ProbeElement;

struct BignumFree {
  void operator()(BIGNUM* number) const { BN_free(number); }

  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};

using Number = std::unique_ptr<BIGNUM, BignumFree>;
using Context = std::unique_ptr<BN_CTX, BignumFree>;

Number number(std::int64_t value) {
  Number out(BN_new());
  BN_set_word(out.get(), static_cast<BN_ULONG>(value < 0 ? -value : value));
  BN_set_negative(out.get(), value < 0 ? 1 : 0);
  return out;
}

/// Arithmetic modulo 2^255 - 19.
class Plain {
 public:
  Plain() : context_(BN_CTX_new()), prime_(number(1)) {
    BN_lshift(prime_.get(), prime_.get(), 255);
    BN_sub_word(prime_.get(), 19);
  }

  /// What five digits of a lane mean.
  Number value(const ProbeElement& a, std::size_t lane) {
    Number out = number(0);
    for (std::size_t k = limb_count; k-- > 0;) {
      BN_lshift(out.get(), out.get(), 51);
      BN_add(out.get(), out.get(), number(a.value[k][lane]).get());
    }
    BN_nnmod(out.get(), out.get(), prime_.get(), context_.get());
    return out;
  }

  /// f is a * x^2 + b * x y + c * y^2 + d * x + e * y.
  struct Form {
    std::int64_t a, b, c, d, e;
  };

  Number apply(const Form& f, const Number& x, const Number& y) {
    Number out = number(0);
    add(out, f.a, product(x, x));
    add(out, f.b, product(x, y));
    add(out, f.c, product(y, y));
    add(out, f.d, x);
    add(out, f.e, y);
    return out;
  }

  Number inverse(const Number& x) {
    const Number exponent(BN_dup(prime_.get()));
    BN_sub_word(exponent.get(), 2);
    Number out = number(0);
    BN_mod_exp(out.get(), x.get(), exponent.get(), prime_.get(), context_.get());
    return out;
  }

 private:
  Number product(const Number& x, const Number& y) {
    Number out = number(0);
    BN_mod_mul(out.get(), x.get(), y.get(), prime_.get(), context_.get());
    return out;
  }

  void add(Number& to, std::int64_t times, const Number& x) {
    const Number part = product(number(times), x);
    BN_mod_add(to.get(), to.get(), part.get(), prime_.get(), context_.get());
  }

  Context context_;
  Number prime_;
};

class Field : public testing::EveryKernel {
 protected:
  /// A digit: often an end of the bounds, else anything between.
  std::int64_t digit(const DigitBounds& bounds) {
    switch (random_() % 4) {
      case 0: return bounds.low;
      case 1: return bounds.high;
      case 2: return bounds.low / 2 + bounds.high / 2 + static_cast<std::int64_t>(random_() % 5);
      default: return std::uniform_int_distribution<std::int64_t>(bounds.low, bounds.high)(random_);
    }
  }

  ProbeElement element(const DigitBounds& bounds) {
    ProbeElement out{};
    for (auto& lanes : out.value) {
      for (std::int64_t& one : lanes)
        one = digit(bounds);
    }
    return out;
  }

  static ProbeElement all(std::int64_t value) {
    ProbeElement out{};
    for (auto& lanes : out.value)
      std::ranges::fill(lanes, value);
    return out;
  }

  struct Case {
    FieldOperation operation;
    Plain::Form form;
    DigitBounds result;
  };

  std::vector<Case> cases() const {
    const DigitBounds& tight = kernel().reduced;
    const DigitBounds& loose = kernel().loose;
    return {{FieldOperation::multiply, {0, 1, 0, 0, 0}, tight},
            {FieldOperation::square, {1, 0, 0, 0, 0}, tight},
            {FieldOperation::sum, {0, 0, 0, 1, 1}, loose},
            {FieldOperation::difference, {0, 0, 0, 1, -1}, loose},
            {FieldOperation::tight_sum, {0, 0, 0, 1, 1}, tight},
            {FieldOperation::tight_difference, {0, 0, 0, 1, -1}, tight},
            // (2 x^2 + y^2 - x y) + (y^2 - x^2 - x y - 2 x)
            {FieldOperation::double_and_add, {1, -2, 2, -2, 0}, tight},
            {FieldOperation::negate, {0, 0, 0, -1, 0}, tight}};
  }

  void expect_within(const ProbeElement& a, const DigitBounds& bounds) const {
    for (const auto& digits : a.value) {
      for (std::size_t lane = 0; lane < kernel().lanes; ++lane) {
        EXPECT_GE(digits[lane], bounds.low) << lane;
        EXPECT_LE(digits[lane], bounds.high) << lane;
      }
    }
  }

  void check(const Case& test, const ProbeElement& a, const ProbeElement& b) {
    ProbeElement result{};
    kernel().probe(test.operation, a, b, result);
    expect_within(result, test.result);
    for (std::size_t lane = 0; lane < kernel().lanes; ++lane) {
      const Number expected = plain_.apply(test.form, plain_.value(a, lane), plain_.value(b, lane));
      ASSERT_EQ(BN_cmp(plain_.value(result, lane).get(), expected.get()), 0)
          << "operation " << static_cast<int>(test.operation) << " lane " << lane;
    }
  }

  Plain plain_;
  // NOLINTNEXTLINE(cert-msc51-cpp): the same digits every time
  std::mt19937_64 random_{20250101};
};

TEST_P(Field, OperationsAreThoseOfBigIntegers) {
  for (const Case& test : cases()) {
    for (int round = 0; round < 150 && !HasFatalFailure(); ++round) {
      const bool product = test.operation == FieldOperation::multiply;
      check(test, element(product ? kernel().loose : kernel().reduced), element(kernel().reduced));
    }
  }
}

TEST_P(Field, OperationsHoldAtTheEndsOfTheirBounds) {
  const DigitBounds& tight = kernel().reduced;
  const DigitBounds& loose = kernel().loose;
  for (const Case& test : cases()) {
    const bool product = test.operation == FieldOperation::multiply;
    const DigitBounds& first = product ? loose : tight;
    for (const std::int64_t a : {first.low, first.high, std::int64_t{0}, std::int64_t{1}}) {
      for (const std::int64_t b : {tight.low, tight.high, std::int64_t{0}, std::int64_t{1}})
        check(test, all(a), all(b));
    }
  }
}

TEST_P(Field, InversesMultiplyToOne) {
  for (int round = 0; round < 6; ++round) {
    const ProbeElement a = round == 0 ? all(0) : element(kernel().reduced);
    ProbeElement result{};
    kernel().probe(FieldOperation::invert, a, a, result);
    expect_within(result, kernel().reduced);
    for (std::size_t lane = 0; lane < kernel().lanes; ++lane) {
      const Number expected = plain_.inverse(plain_.value(a, lane));
      EXPECT_EQ(BN_cmp(plain_.value(result, lane).get(), expected.get()), 0) << lane;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Field, ::testing::ValuesIn(internal::built_kernels()),
                         testing::kernel_name);

}  // namespace
}  // namespace daymark::lanes

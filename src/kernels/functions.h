// Elementary functions over lanes, written once for every table; included after a lanes_*.h.
#pragma once

namespace tenor::kernels {
namespace {

constexpr float kTail[32] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};  // then zeros

// Ones in the first `count` (<= 16) lanes, zeros in the others.
F first_lanes(std::size_t count) {
  return load(kTail + (16 - count));
}

// e^x, relative error below 2.5e-7, for x up to 88; below -87 as there. Cody-Waite reduction to |r| <= ln(2) / 2 and
// Taylor's polynomial.
F exponential_below_88(F x) {
  x = max(x, set1(-87.0f));
  const F n = round_even(mul(x, set1(1.44269504f)));
  const F r = fma(n, set1(1.42860677e-6f), fma(n, set1(-0.693148613f), x));
  F p = set1(1.0f / 720);
  p = fma(p, r, set1(1.0f / 120));
  p = fma(p, r, set1(1.0f / 24));
  p = fma(p, r, set1(1.0f / 6));
  p = fma(p, r, set1(0.5f));
  p = fma(p, r, set1(1.0f));
  p = fma(p, r, set1(1.0f));
  return scale_by_power(p, n);
}

// The same for any x; above 88 as there.
F exponential(F x) {
  return exponential_below_88(min(x, set1(88.0f)));
}

// erf(z) for z clamped to 3.95, where it is 1 to float precision: z P(z^2) / Q(z^2), fitted to the largest error
// (3.4e-7 in float arithmetic).
F error_function(F z) {
  z = max(min(z, set1(3.95f)), set1(-3.95f));
  const F s = mul(z, z);
  F p = set1(2.011739979934646e-06f);
  p = fma(p, s, set1(0.00028760056011378765f));
  p = fma(p, s, set1(0.0039173210971057415f));
  p = fma(p, s, set1(0.053207073360681534f));
  p = fma(p, s, set1(0.19403578341007233f));
  p = fma(p, s, set1(1.128378987312317f));
  F q = set1(3.783967986237258e-05f);
  q = fma(q, s, set1(0.0011982013238593936f));
  q = fma(q, s, set1(0.015270709060132504f));
  q = fma(q, s, set1(0.11559078842401505f));
  q = fma(q, s, set1(0.505291223526001f));
  q = fma(q, s, set1(1.0f));
  return div(mul(z, p), q);
}

F gelu(F x) {
  const F half = mul(x, set1(0.5f));
  return fma(half, error_function(mul(x, set1(0.70710678f))), half);
}

// x / (1 + e^(-2u)), u = sqrt(2 / pi) (x + 0.044715 x^3).
F gelu_tanh(F x) {
  const F cubic = fma(mul(mul(x, x), x), set1(0.044715f), x);
  return div(x, add(exponential(mul(cubic, set1(-1.59576912f))), set1(1.0f)));
}

// 1 - 2 / (e^(2x) + 1)
F hyperbolic_tangent(F x) {
  return sub(set1(1.0f), div(set1(2.0f), add(exponential(add(x, x)), set1(1.0f))));
}

}  // namespace
}  // namespace tenor::kernels

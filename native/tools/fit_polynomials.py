"""Fits the polynomials of simd/math.hpp: python native/tools/fit_polynomials.py (needs mpmath and numpy).

Each is a weighted least-squares fit on Chebyshev nodes in extended precision, which lies within a small factor of the
minimax fit; the printed error is the largest seen on a fine grid, before rounding to float.
"""

import mpmath as mp
import numpy as np

mp.mp.dps = 40


def fit(name, target, low, high, degree, weight=lambda x: 1, nodes=200):
    """Polynomial p of ``degree`` with the smallest weighted squared error to ``target`` on [low, high]."""
    k = np.arange(nodes)
    x = [mp.mpf(low) + (mp.mpf(high) - low) * (1 - mp.cos(mp.pi * (i + 0.5) / nodes)) / 2 for i in k]
    w = [mp.mpf(weight(v)) for v in x]
    rows = mp.matrix(nodes, degree + 1)
    right = mp.matrix(nodes, 1)
    for i in range(nodes):
        for j in range(degree + 1):
            rows[i, j] = w[i] * x[i] ** j
        right[i] = w[i] * target(x[i])
    c = mp.lu_solve(rows.T * rows, rows.T * right)
    worst = max(abs(weight(v) * (mp.polyval(list(c)[::-1], v) - target(v))) for v in mp.linspace(low, high, 2001))
    print(f"// {name} on [{float(low):.6g}, {float(high):.6g}], weighted error {mp.nstr(worst, 3)}")
    print("{" + ", ".join(f"{np.float32(float(v)).item():.9g}f" for v in c) + "}")


def main():
    """Print every polynomial of simd/math.hpp."""
    half_ln2 = mp.log(2) / 2
    tiny = mp.mpf(10) ** -12
    # exp(r) = 1 + r + r^2 q(r)
    fit("exp: q(r)", lambda r: (mp.expm1(r) - r) / r**2 if r else mp.mpf(1) / 2, -half_ln2, half_ln2, 5, lambda r: r**2)
    # log(m) = 2s + s^3 q(s^2), s = (m - 1) / (m + 1)
    top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
    fit("log: q(s^2)", lambda t: (2 * mp.atanh(mp.sqrt(t)) / mp.sqrt(t) - 2) / t, tiny, top, 3, lambda t: t)
    # tanh(x) = x + x^3 q(x^2) for |x| < 0.625
    edge = mp.mpf("0.625") ** 2
    fit("tanh: q(x^2)", lambda t: (mp.tanh(mp.sqrt(t)) / mp.sqrt(t) - 1) / t, tiny, edge, 4, lambda t: t)
    # erf(x) = x q(x^2) for |x| < 1
    fit("erf: q(x^2)", lambda t: mp.erf(mp.sqrt(t)) / mp.sqrt(t), tiny, 1, 6)

    # erfc(x) = exp(-x^2) t q(t), t = 1 / (1 + x / 2), for 1 <= x < 10.1 (the substitution of Numerical Recipes)
    def scaled(t):
        x = 2 * (1 / t - 1)
        return mp.erfc(x) * mp.exp(x * x) / t

    fit("erfc: q(t)", scaled, 1 / (1 + mp.mpf("10.2") / 2), 1 / (1 + mp.mpf("0.999") / 2), 6, lambda t: 1 / scaled(t))


if __name__ == "__main__":
    main()

"""Fits the polynomials of simd/polynomials.hpp: python native/tools/fit_polynomials.py (needs mpmath and numpy).

Each is a weighted least-squares fit on Chebyshev nodes in extended precision, which lies within a small factor of the
minimax fit; the printed error is the largest seen on a fine grid, before rounding to float or double. A polynomial for
double has as many terms as bring that error below a twentieth of a unit in the last place.
"""

import mpmath as mp
import numpy as np

mp.mp.dps = 120


def fit(name, target, low, high, degree, weight=lambda x: 1, centre=0, dtype="float32", nodes=200):
    """Polynomial p of ``degree`` in x - ``centre`` with the smallest weighted squared error on [low, high]."""
    k = np.arange(nodes)
    x = [mp.mpf(low) + (mp.mpf(high) - low) * (1 - mp.cos(mp.pi * (i + 0.5) / nodes)) / 2 for i in k]
    w = [mp.mpf(weight(v)) for v in x]
    rows = mp.matrix(nodes, degree + 1)
    right = mp.matrix(nodes, 1)
    for i in range(nodes):
        for j in range(degree + 1):
            rows[i, j] = w[i] * (x[i] - centre) ** j
        right[i] = w[i] * target(x[i])
    c = mp.lu_solve(rows.T * rows, rows.T * right)
    grid = mp.linspace(low, high, 501)
    worst = max(abs(weight(v) * (mp.polyval(list(c)[::-1], v - centre) - target(v))) for v in grid)
    digits = {"float32": 9, "float64": 17}[dtype]
    print(f"// {dtype} {name} on [{float(low):.6g}, {float(high):.6g}], weighted error {mp.nstr(worst, 3)}")
    print("{" + ", ".join(f"{np.dtype(dtype).type(float(v)).item():.{digits}g}" for v in c) + "}", flush=True)


def scaled_erfc(t):
    """The factor q(t) of erfc(x) = exp(-x^2) t q(t), t = 1 / (1 + x / 2): the substitution of Numerical Recipes."""
    x = 2 * (1 / t - 1)
    return mp.erfc(x) * mp.exp(x * x) / t


def main():
    """Print every polynomial of simd/polynomials.hpp."""
    half_ln2 = mp.log(2) / 2
    tiny = mp.mpf(10) ** -12
    for dtype, exp, log, tanh, erf, erfc, farthest in (
        ("float32", 5, 3, 4, 6, 6, "10.2"),
        ("float64", 9, 6, 11, 12, 20, "27.3"),
    ):
        # exp(r) = 1 + r + r^2 q(r)
        fit(
            "exp: q(r)",
            lambda r: (mp.expm1(r) - r) / r**2 if r else mp.mpf(1) / 2,
            -half_ln2,
            half_ln2,
            exp,
            lambda r: r**2,
            dtype=dtype,
        )
        # log(m) = 2s + s^3 q(s^2), s = (m - 1) / (m + 1)
        top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
        fit(
            "log: q(s^2)",
            lambda t: (2 * mp.atanh(mp.sqrt(t)) / mp.sqrt(t) - 2) / t,
            tiny,
            top,
            log,
            lambda t: t,
            dtype=dtype,
        )
        # tanh(x) = x + x^3 q(x^2) for |x| < 0.625
        fit(
            "tanh: q(x^2)",
            lambda t: (mp.tanh(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
            tiny,
            mp.mpf("0.625") ** 2,
            tanh,
            lambda t: t,
            dtype=dtype,
        )
        # erf(x) = x q(x^2) for |x| < 1
        fit("erf: q(x^2)", lambda t: mp.erf(mp.sqrt(t)) / mp.sqrt(t), tiny, 1, erf, dtype=dtype)
        # erfc(x) for 1 <= x, as far as it is more than zero
        fit(
            "erfc: q(t - centre)",
            scaled_erfc,
            1 / (1 + mp.mpf(farthest) / 2),
            1 / (1 + mp.mpf("0.999") / 2),
            erfc,
            lambda t: 1 / scaled_erfc(t),
            centre=0 if dtype == "float32" else mp.mpf("0.375"),
            dtype=dtype,
        )


if __name__ == "__main__":
    main()

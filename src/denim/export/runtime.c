/* What exported models are made of: each section that a model needs is copied into its file, in this order.

   A section begins with a line "//: name", with "float" or "double" where it is for one of them. It may use what the
   file's head defines (real, word, whole, R, FMA, FRACTION, BIAS) and every section that it names.

   The formulas and the order of every operation are those of the native engine: native/simd/math.hpp, polynomials.hpp
   and vec.hpp, and native/kernels. */

//: K_EXP float
static const real K_EXP[] = {0.5f, 0.166666672f, 0.0416662619f, 0.00833328068f, 0.00139464461f, 0.000199096467f};

//: K_EXP double
static const real K_EXP[] = {
    0.50000000000000133, 0.16666666666666685, 0.041666666666511899, 0.0083333333333163295,
    0.0013888888947786178, 0.0001984126989789204, 2.4801489252212581e-05, 2.755723352968756e-06,
    2.7631498421298701e-07, 2.5112454311242147e-08};

//: K_LOG float
static const real K_LOG[] = {0.666666627f, 0.400003403f, 0.285371095f, 0.235854045f};

//: K_LOG double
static const real K_LOG[] = {
    0.66666666666667362, 0.39999999999405073, 0.28571428744138888, 0.22222198419192388, 0.18183571384197258,
    0.15313888042340984, 0.147974351094877};

//: K_TANH float
static const real K_TANH[] = {-0.333332807f, 0.133314312f, -0.0537391566f, 0.0206378624f, -0.0057040425f};

//: K_TANH double
static const real K_TANH[] = {
    -0.33333333333333315, 0.13333333333329714, -0.053968253966051434, 0.021869488468642211,
    -0.0088632343127021552, 0.0035921140093540288, -0.001455726045276383, 0.00058945232167665566,
    -0.00023701341144398804, 9.1561664306057049e-05, -3.0190720436137377e-05, 6.04408126391534e-06};

//: K_ERF float
static const real K_ERF[] = {
    1.12837911f, -0.37612626f, 0.112835974f, -0.0268543288f, 0.00518931216f, -0.000801885501f, 7.88249745e-05f};

//: K_ERF double
static const real K_ERF[] = {
    1.1283791670955126, -0.37612638903183748, 0.11283791670954882, -0.026866170645077334,
    0.005223977624823223, -0.00085483269811296655, 0.00012055331122299266, -1.4925595519506043e-05,
    1.6461004480962028e-06, -1.6350354461959578e-07, 1.4660051998394367e-08, -1.1373902296429162e-09,
    5.9589307431321406e-11};

//: K_ERFC float
static const real K_ERFC[] = {
    0.282182693f, 0.280227631f, 0.262955993f, 0.103593804f, 0.264745563f, -0.236569107f, 0.0417812802f};

//: K_ERFC double
static const real K_ERFC[] = {
    0.43330656247972915, 0.55545906145028578, 0.49049172063593943, 0.21234598382702535,
    -0.089130565274643705, -0.15185477628472346, 0.020398263872690815, 0.11485023929501575,
    -0.019534983739143408, -0.10159315264171649, 0.04432006264077764, 0.0915512090439113,
    -0.089716441049289289, -0.06112110645848768, 0.14860700212661657, -0.018483767720410625,
    -0.19229093432370539, 0.14867357274445528, 0.17656687930377507, -0.20276805567823247, -0.10059554574262};

//: K_SIN float
static const real K_SIN[] = {-0.166666667f, 0.00833333333f, -0.000198412698f, 2.75573192e-06f};

//: K_SIN double
static const real K_SIN[] = {
    -0.16666666666666666, 0.0083333333333333332, -0.00019841269841269841, 2.7557319223985893e-06,
    -2.505210838544172e-08, 1.6059043836821613e-10, -7.6471637318198164e-13, 2.8114572543455206e-15};

//: K_COS float
static const real K_COS[] = {0.0416666667f, -0.00138888889f, 2.48015873e-05f, -2.75573192e-07f};

//: K_COS double
static const real K_COS[] = {
    0.041666666666666664, -0.0013888888888888889, 2.4801587301587302e-05, -2.7557319223985888e-07,
    2.08767569878681e-09, -1.1470745597729725e-11, 4.7794773323873853e-14, -1.5619206968586225e-16};

//: K_ERFC_CENTRE float
#define K_ERFC_CENTRE R(0.0)

//: K_ERFC_CENTRE double
#define K_ERFC_CENTRE R(0.375)

//: K_LN2_HIGH float
#define K_LN2_HIGH 0.693359375f
#define K_LN2_LOW -2.12194440e-4f

//: K_LN2_HIGH double
#define K_LN2_HIGH 6.93147180369123816490e-01
#define K_LN2_LOW 1.90821492927058770002e-10

//: K_EXP_MOST float
#define K_EXP_MOST R(89)
#define K_EXP_LEAST R(-105)

//: K_EXP_MOST double
#define K_EXP_MOST R(710)
#define K_EXP_LEAST R(-746)

//: K_SMALLEST_NORMAL float
#define K_SMALLEST_NORMAL 1.17549435e-38f

//: K_SMALLEST_NORMAL double
#define K_SMALLEST_NORMAL 2.2250738585072014e-308

//: K_QUARTER_HIGH float
#define K_QUARTER_HIGH 1.5703125f
#define K_QUARTER_MIDDLE 0.0004837512969970703f
#define K_QUARTER_LOW 7.54979013e-08f

//: K_QUARTER_HIGH double
#define K_QUARTER_HIGH 1.5707963267341256
#define K_QUARTER_MIDDLE 6.077100506303966e-11
#define K_QUARTER_LOW 2.0222662487959506e-21

//: MAGIC
/* Adding it to a number rounds that to a whole one, which is then in the sum's low bits. */
#define MAGIC ((real)((whole)3 << (FRACTION - 1)))

//: v_bits
static word v_bits(real x) {
    word b;
    memcpy(&b, &x, sizeof b);
    return b;
}

//: v_from_bits
static real v_from_bits(word b) {
    real x;
    memcpy(&x, &b, sizeof x);
    return x;
}

//: v_abs
static real v_abs(real x) { return v_from_bits(v_bits(x) & ~v_bits(R(-0.0))); }

//: v_with_sign_of
static real v_with_sign_of(real magnitude, real x) {
    return v_from_bits(v_bits(magnitude) | (v_bits(x) & v_bits(R(-0.0))));
}

//: v_polynomial
static real v_polynomial(const real *c, int n, real x) {
    real r = c[n - 1];
    for (int i = n - 2; i >= 0; --i) r = FMA(r, x, c[i]);
    return r;
}

//: POLYNOMIAL
#define POLYNOMIAL(c, x) v_polynomial(c, (int)(sizeof(c) / sizeof((c)[0])), x)

//: v_exp_parts
/* x = n ln 2 + r with |r| <= ln 2 / 2; returns exp(r) - 1. */
static real v_exp_parts(real x, whole *n) {
    const real shifted = FMA(x, R(1.4426950408889634), MAGIC);
    const real turns = shifted - MAGIC;
    real r = FMA(turns, -K_LN2_HIGH, x);
    r = FMA(turns, -(K_LN2_LOW), r);
    *n = (whole)(v_bits(shifted) - v_bits(MAGIC));
    return FMA(POLYNOMIAL(K_EXP, r), r * r, r);
}

//: v_power_of_two
static real v_power_of_two(whole n) { return v_from_bits((word)(n + BIAS) << FRACTION); }

//: v_exp
static real v_exp(real x) {
    whole n, half;
    x = x > K_EXP_MOST ? K_EXP_MOST : x;
    x = x < K_EXP_LEAST ? K_EXP_LEAST : x;
    const real minus_one = v_exp_parts(x, &n);
    half = (n - (n & 1)) / 2;
    return (R(1.0) + minus_one) * v_power_of_two(half) * v_power_of_two(n - half);
}

//: v_expm1_negative
/* exp(x) - 1 for x <= 0. */
static real v_expm1_negative(real x) {
    whole n;
    x = x < R(-50.0) ? R(-50.0) : x;
    const real minus_one = v_exp_parts(x, &n), scale = v_power_of_two(n);
    return FMA(scale, minus_one, scale - R(1.0));
}

//: v_log
static real v_log(real x) {
    const word fraction = ((word)1 << FRACTION) - 1;
    const int tiny = x < K_SMALLEST_NORMAL;
    if (x != x || x < R(0.0)) return v_from_bits(v_bits(R(NAN)));
    if (x == R(0.0)) return R(-INFINITY);
    if (x == R(INFINITY)) return x;
    word b = v_bits(tiny ? x * (real)((word)1 << FRACTION) : x);
    const int up = (b & fraction) > (v_bits(R(1.4142135623730950)) & fraction);
    const whole n = (whole)(b >> FRACTION) - BIAS + up - (tiny ? FRACTION : 0);
    b = (b & fraction) | (v_bits(R(1.0)) - ((word)up << FRACTION));
    const real m = v_from_bits(b), s = (m - R(1.0)) / (m + R(1.0)), s2 = s * s;
    const real count = v_from_bits(v_bits(MAGIC) + (word)n) - MAGIC;
    const real tail = FMA(s2 * s, POLYNOMIAL(K_LOG, s2), count * K_LN2_LOW);
    return FMA(count, K_LN2_HIGH, FMA(s, R(2.0), tail));
}

//: v_log1p_unit
/* log(1 + u) for 0 <= u <= 1. */
static real v_log1p_unit(real u) {
    const real w = R(1.0) + u;
    return v_log(w) + (u - (w - R(1.0))) / w;
}

//: v_sqrt
/* Rounded as IEEE 754 says, digit by digit. */
static real v_sqrt(real x) {
    if (!(x > R(0.0)) || x == R(INFINITY)) return x < R(0.0) ? R(NAN) : x;
    word m = v_bits(x) & (((word)1 << FRACTION) - 1), q = 0, s = 0;
    whole e = (whole)(v_bits(x) >> FRACTION);
    if (e == 0) {
        for (e = 1; !(m >> FRACTION); --e) m <<= 1;
    } else {
        m |= (word)1 << FRACTION;
    }
    e -= BIAS;
    if (e & 1) m <<= 1;
    e = (e - (e & 1)) / 2;
    m <<= 1;
    for (word r = (word)1 << (FRACTION + 1); r; r >>= 1) {
        const word t = s + r;
        if (t <= m) {
            s = t + r;
            m -= t;
            q += r;
        }
        m <<= 1;
    }
    if (m) q += q & 1;
    return v_from_bits((q >> 1) + ((word)(e + BIAS - 1) << FRACTION));
}

//: v_sigmoid
static real v_sigmoid(real x) { return R(1.0) / (R(1.0) + v_exp(-x)); }

//: v_tanh
static real v_tanh(real x) {
    const real a = v_abs(x), x2 = x * x;
    if (a < R(0.625)) return FMA(x * x2, POLYNOMIAL(K_TANH, x2), x);
    return v_with_sign_of(R(1.0) - R(2.0) / (v_exp(a + a) + R(1.0)), x);
}

//: v_erfc_tail
/* erfc(|z|) where |z| >= 1. */
static real v_erfc_tail(real a) {
    const real t = R(1.0) / FMA(a, R(0.5), R(1.0));
    return t * POLYNOMIAL(K_ERFC, t - K_ERFC_CENTRE) * v_exp(-(a * a));
}

//: v_normal_cdf
static real v_normal_cdf(real x) {
    const real z = x * R(0.70710678118654752), a = v_abs(z);
    if (a < R(1.0)) return FMA(z * R(0.5), POLYNOMIAL(K_ERF, z * z), R(0.5));
    const real tail = R(0.5) * v_erfc_tail(a);
    return z < R(0.0) ? tail : R(1.0) - tail;
}

//: v_erf
static real v_erf(real x) {
    const real a = v_abs(x);
    if (a < R(1.0)) return x * POLYNOMIAL(K_ERF, x * x);
    return v_with_sign_of(R(1.0) - v_erfc_tail(a), x);
}

//: v_softplus
static real v_softplus(real x) {
    const real positive = x < R(0.0) ? R(0.0) : x;
    return positive + v_log1p_unit(v_exp(-v_abs(x)));
}

//: v_round
static real v_round(real x) {
    const real from = (real)((word)1 << FRACTION), a = v_abs(x), near = (a + from) - from;
    return a < from ? v_with_sign_of(near, x) : x;
}

//: v_floor
static real v_floor(real x) {
    const real near = v_round(x);
    return near > x ? near - R(1.0) : near;
}

//: v_ceil
static real v_ceil(real x) {
    const real near = v_round(x);
    return near < x ? near + R(1.0) : near;
}

//: v_trunc
static real v_trunc(real x) { return x < R(0.0) ? v_ceil(x) : v_floor(x); }

//: v_expm1
static real v_expm1(real x) {
    whole n;
    if (x > R(20.0)) return v_exp(x) - R(1.0);
    const real held = x < R(-50.0) ? R(-50.0) : x;
    const real minus_one = v_exp_parts(held, &n), scale = v_power_of_two(n);
    return FMA(scale, minus_one, scale - R(1.0));
}

//: v_log1p
static real v_log1p(real x) {
    const real w = R(1.0) + x;
    return w == R(0.0) || w == R(INFINITY) ? v_log(w) : v_log(w) + (x - (w - R(1.0))) / w;
}

//: v_sin_cos
/* The sine of x, or its cosine. */
static real v_sin_cos(real x, int cosine) {
    const real turns = v_round(x * R(0.63661977236758134));
    real r = FMA(turns, -K_QUARTER_HIGH, x);
    r = FMA(turns, -K_QUARTER_MIDDLE, r);
    r = FMA(turns, -K_QUARTER_LOW, r);
    const real r2 = r * r;
    const real s = FMA(r * r2, POLYNOMIAL(K_SIN, r2), r);
    const real c = FMA(r2 * r2, POLYNOMIAL(K_COS, r2), FMA(r2, R(-0.5), R(1.0)));
    const real quarter = turns - R(4.0) * v_floor(turns * R(0.25));
    const int swapped = quarter == R(1.0) || quarter == R(3.0);
    if (cosine) {
        const real y = swapped ? s : c;
        return quarter == R(1.0) || quarter == R(2.0) ? -y : y;
    }
    const real y = swapped ? c : s;
    return quarter > R(1.5) ? -y : y;
}

//: v_power
static real v_power(real a, real b) {
    const real half = b * R(0.5);
    if (b == R(0.0) || a == R(1.0)) return R(1.0);
    if (a == R(0.0)) return b > R(0.0) ? R(0.0) : R(INFINITY);
    const real size = v_exp(b * v_log(v_abs(a)));
    if (!(a < R(0.0))) return size;
    if (v_trunc(b) != b) return R(NAN);
    return v_trunc(half) != half ? -size : size;
}

//: v_elu
static real v_elu(real x, real alpha) { return x > R(0.0) ? x : alpha * v_expm1_negative(x); }

//: v_selu
static real v_selu(real x) {
    return R(1.0507009873554805) * (x > R(0.0) ? x : R(1.6732632423543772) * v_expm1_negative(x));
}

//: v_celu
static real v_celu(real x, real alpha) { return x > R(0.0) ? x : alpha * v_expm1_negative(x / alpha); }

//: v_gelu_tanh
static real v_gelu_tanh(real x) {
    const real x2 = x * x, scale = R(0.79788456080286536);
    const real t = v_tanh(scale * x * FMA(R(0.044715), x2, R(1.0)));
    return x * (R(0.5) * (R(1.0) + t));
}

//: v_hard_sigmoid
static real v_hard_sigmoid(real x) {
    const real six = R(6.0), lifted = x + R(3.0);
    return (lifted < R(0.0) ? R(0.0) : lifted > six ? six : lifted) / six;
}

//: v_relu6
static real v_relu6(real x, real alpha) { return x < R(0.0) ? R(0.0) : x > alpha ? alpha : x; }

//: v_mish
static real v_mish(real x) {
    const real e = v_exp(x > R(40.0) ? R(40.0) : x), n = e * (e + R(2.0));
    return x * (n / (n + R(2.0)));
}

//: v_sign
static real v_sign(real a) { return a > R(0.0) ? R(1.0) : a < R(0.0) ? R(-1.0) : a; }

//: v_fold
/* Every sum over a row: element i belongs to lane i % 16, and lanes are folded in halves. */
static real v_fold(real *lane) {
    for (int width = 8; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) lane[i] = lane[i] + lane[i + width];
    return lane[0];
}

//: v_row_sum
static real v_row_sum(const real *x, int n) {
    real lane[16] = {0};
    for (int i = 0; i < n; ++i) lane[i % 16] += x[i];
    return v_fold(lane);
}

//: v_row_top
static real v_row_top(const real *x, int n) {
    real lane[16], top;
    for (int i = 0; i < 16; ++i) lane[i] = R(-INFINITY);
    for (int i = 0; i < n; ++i) lane[i % 16] = x[i] > lane[i % 16] ? x[i] : lane[i % 16];
    top = lane[0];
    for (int i = 1; i < 16; ++i) top = lane[i] > top ? lane[i] : top;
    return top;
}

//: softmax
static void softmax(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n, y += n) {
        const real top = v_row_top(x, n);
        real lane[16] = {0};
        for (int i = 0; i < n; ++i) {
            y[i] = v_exp(x[i] - top);
            lane[i % 16] += y[i];
        }
        const real total = v_fold(lane);
        for (int i = 0; i < n; ++i) y[i] = y[i] / total;
    }
}

//: log_softmax
static void log_softmax(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n, y += n) {
        const real top = v_row_top(x, n);
        real lane[16] = {0};
        for (int i = 0; i < n; ++i) lane[i % 16] += v_exp(x[i] - top);
        const real total = v_log(v_fold(lane));
        for (int i = 0; i < n; ++i) y[i] = (x[i] - top) - total;
    }
}

//: dense
/* Each element is one chain of fused multiply-adds over k in order, from 0 on; the bias is added at the end. */
static void dense(int rows, int k, int n, const real *w, const real *bias, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += k, y += n) {
        for (int j = 0; j < n; ++j) y[j] = R(0.0);
        for (int i = 0; i < k; ++i)
            for (int j = 0; j < n; ++j) y[j] = FMA(x[i], w[i * n + j], y[j]);
        for (int j = 0; j < n; ++j) y[j] = y[j] + (bias ? bias[j] : R(0.0));
    }
}

//: dense_int8
/* The same with weights of int8, each column with a scale. */
static void dense_int8(int rows, int k, int n, const int8_t *w, const float *scale, const real *bias, const real *x,
                       real *y) {
    for (int r = 0; r < rows; ++r, x += k, y += n) {
        for (int j = 0; j < n; ++j) y[j] = R(0.0);
        for (int i = 0; i < k; ++i)
            for (int j = 0; j < n; ++j) y[j] = FMA(x[i], R((float)w[i * n + j] * scale[j]), y[j]);
        for (int j = 0; j < n; ++j) y[j] = y[j] + (bias ? bias[j] : R(0.0));
    }
}

//: matmul
static void matmul(int matrices, int n, int k, int m, const real *a, const real *b, real *y) {
    for (int row = 0; row < matrices * n; ++row, a += k, y += m) {
        const real *w = b + row / n * k * m;
        for (int j = 0; j < m; ++j) y[j] = R(0.0);
        for (int i = 0; i < k; ++i)
            for (int j = 0; j < m; ++j) y[j] = FMA(a[i], w[i * m + j], y[j]);
    }
}

//: batch_normalization
static void batch_normalization(int rows, int n, const real *mean, const real *inverse, const real *gamma,
                                const real *beta, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n, y += n)
        for (int j = 0; j < n; ++j)
            y[j] = FMA((x[j] - mean[j]) * inverse[j], gamma ? gamma[j] : R(1.0), beta ? beta[j] : R(0.0));
}

//: layer_normalization
static void layer_normalization(int rows, int n, real epsilon, const real *gamma, const real *beta, const real *x,
                                real *y) {
    for (int r = 0; r < rows; ++r, x += n, y += n) {
        const real mean = v_row_sum(x, n) / (real)n;
        real lane[16] = {0};
        for (int j = 0; j < n; ++j) lane[j % 16] += (x[j] - mean) * (x[j] - mean);
        const real inverse = R(1.0) / v_sqrt(v_fold(lane) / (real)n + epsilon);
        for (int j = 0; j < n; ++j)
            y[j] = FMA((x[j] - mean) * inverse, gamma ? gamma[j] : R(1.0), beta ? beta[j] : R(0.0));
    }
}

//: scale_by
static void scale_by(int rows, int n, const real *shift, const real *scale, const real *offset, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n, y += n)
        for (int j = 0; j < n; ++j) y[j] = FMA(x[j] - shift[j], scale[j], offset[j]);
}

//: v_row
/* Numbers outside the table mean its first row or its last. */
static int v_row(real x, int rows) { return !(x > R(0.0)) ? 0 : x < (real)rows ? (int)x : rows - 1; }

//: embed
static void embed(int places, int rows, int width, const real *table, const real *x, real *y) {
    for (int p = 0; p < places; ++p)
        memcpy(y + p * width, table + v_row(x[p], rows) * width, (size_t)width * sizeof(real));
}

//: embed_int8
static void embed_int8(int places, int rows, int width, const int8_t *table, const float *scale, const real *x,
                       real *y) {
    for (int p = 0; p < places; ++p) {
        const int row = v_row(x[p], rows);
        for (int j = 0; j < width; ++j) y[p * width + j] = R((float)table[row * width + j] * scale[row]);
    }
}

//: copy_part
/* Rows of `from` numbers to where they lie in rows of `to`. */
static void copy_part(int rows, int from, int to, const real *x, real *y) {
    for (int r = 0; r < rows; ++r) memcpy(y + r * to, x + r * from, (size_t)from * sizeof(real));
}

//: gather
static void gather(int n, const int32_t *places, const real *x, real *y) {
    for (int i = 0; i < n; ++i) y[i] = x[places[i]];
}

//: reduce_sum
static void reduce_sum(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r) y[r] = v_row_sum(x + r * n, n);
}

//: reduce_mean
static void reduce_mean(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r) y[r] = v_row_sum(x + r * n, n) / (real)n;
}

//: reduce_prod
static void reduce_prod(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n) {
        y[r] = R(1.0);
        for (int j = 0; j < n; ++j) y[r] *= x[j];
    }
}

//: v_place
/* Of the first of the most extreme, where a number that is none is the most extreme. */
static int v_place(const real *x, int n, int most) {
    int best = 0;
    for (int j = 1; j < n && x[best] == x[best]; ++j)
        if ((most ? x[j] > x[best] : x[j] < x[best]) || x[j] != x[j]) best = j;
    return best;
}

//: reduce_max
static void reduce_max(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n) y[r] = x[v_place(x, n, 1)];
}

//: reduce_min
static void reduce_min(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n) y[r] = x[v_place(x, n, 0)];
}

//: reduce_argmax
static void reduce_argmax(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n) y[r] = (real)v_place(x, n, 1);
}

//: reduce_argmin
static void reduce_argmin(int rows, int n, const real *x, real *y) {
    for (int r = 0; r < rows; ++r, x += n) y[r] = (real)v_place(x, n, 0);
}

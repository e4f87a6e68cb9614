// What the elementary functions of simd/math.hpp are made of, for each precision: polynomials, which
// tools/fit_polynomials.py prints, and where the functions overflow and vanish.
#pragma once

#include "simd/vec.hpp"

namespace denim::DENIM_PRECISION::DENIM_ISA {
namespace {

template <class T>
struct Constants;

template <>
struct Constants<float> {
    static constexpr float kExp[] = {
        0.5f, 0.166666672f, 0.0416662619f, 0.00833328068f, 0.00139464461f, 0.000199096467f};
    static constexpr float kLog[] = {0.666666627f, 0.400003403f, 0.285371095f, 0.235854045f};
    static constexpr float kTanh[] = {-0.333332807f, 0.133314312f, -0.0537391566f, 0.0206378624f, -0.0057040425f};
    static constexpr float kErf[] = {
        1.12837911f, -0.37612626f, 0.112835974f, -0.0268543288f, 0.00518931216f, -0.000801885501f,
        7.88249745e-05f};
    static constexpr float kErfc[] = {
        0.282182693f, 0.280227631f, 0.262955993f, 0.103593804f, 0.264745563f, -0.236569107f, 0.0417812802f};
    static constexpr float kErfcCentre = 0;
    static constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;  // high: few bits, so that n high is exact
    static constexpr float kExpMost = 89, kExpLeast = -105;                      // infinity from here on, and 0
    static constexpr float kSmallestNormal = 1.17549435e-38f;
    // -1 / 3!, 1 / 5!, ... and 1 / 4!, -1 / 6!, ...
    static constexpr float kSin[] = {-0.166666667f, 0.00833333333f, -0.000198412698f, 2.75573192e-06f};
    static constexpr float kCos[] = {0.0416666667f, -0.00138888889f, 2.48015873e-05f, -2.75573192e-07f};
    // pi / 2 in three parts, the first two of few bits, so that multiples of them are exact.
    static constexpr float kQuarterHigh = 1.5703125f, kQuarterMiddle = 0.0004837512969970703f, kQuarterLow = 7.54979013e-08f;
};

template <>
struct Constants<double> {
    static constexpr double kExp[] = {
        0.50000000000000133, 0.16666666666666685, 0.041666666666511899, 0.0083333333333163295,
        0.0013888888947786178, 0.0001984126989789204, 2.4801489252212581e-05, 2.755723352968756e-06,
        2.7631498421298701e-07, 2.5112454311242147e-08};
    static constexpr double kLog[] = {
        0.66666666666667362, 0.39999999999405073, 0.28571428744138888, 0.22222198419192388, 0.18183571384197258,
        0.15313888042340984, 0.147974351094877};
    static constexpr double kTanh[] = {
        -0.33333333333333315, 0.13333333333329714, -0.053968253966051434, 0.021869488468642211,
        -0.0088632343127021552, 0.0035921140093540288, -0.001455726045276383, 0.00058945232167665566,
        -0.00023701341144398804, 9.1561664306057049e-05, -3.0190720436137377e-05, 6.04408126391534e-06};
    static constexpr double kErf[] = {
        1.1283791670955126, -0.37612638903183748, 0.11283791670954882, -0.026866170645077334,
        0.005223977624823223, -0.00085483269811296655, 0.00012055331122299266, -1.4925595519506043e-05,
        1.6461004480962028e-06, -1.6350354461959578e-07, 1.4660051998394367e-08, -1.1373902296429162e-09,
        5.9589307431321406e-11};
    static constexpr double kErfc[] = {
        0.43330656247972915, 0.55545906145028578, 0.49049172063593943, 0.21234598382702535,
        -0.089130565274643705, -0.15185477628472346, 0.020398263872690815, 0.11485023929501575,
        -0.019534983739143408, -0.10159315264171649, 0.04432006264077764, 0.0915512090439113,
        -0.089716441049289289, -0.06112110645848768, 0.14860700212661657, -0.018483767720410625,
        -0.19229093432370539, 0.14867357274445528, 0.17656687930377507, -0.20276805567823247, -0.10059554574262};
    static constexpr double kErfcCentre = 0.375;
    static constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
    static constexpr double kExpMost = 710, kExpLeast = -746;
    static constexpr double kSmallestNormal = 2.2250738585072014e-308;
    static constexpr double kSin[] = {
        -0.16666666666666666, 0.0083333333333333332, -0.00019841269841269841, 2.7557319223985893e-06,
        -2.505210838544172e-08, 1.6059043836821613e-10, -7.6471637318198164e-13, 2.8114572543455206e-15};
    static constexpr double kCos[] = {
        0.041666666666666664, -0.0013888888888888889, 2.4801587301587302e-05, -2.7557319223985888e-07,
        2.08767569878681e-09, -1.1470745597729725e-11, 4.7794773323873853e-14, -1.5619206968586225e-16};
    static constexpr double kQuarterHigh = 1.5707963267341256, kQuarterMiddle = 6.077100506303966e-11, kQuarterLow = 2.0222662487959506e-21;
};

using Of = Constants<Real>;

}  // namespace
}  // namespace denim::DENIM_PRECISION::DENIM_ISA

// One instruction set's kernels. Compiled once per set, each time with that set's flags and names only.
#include "kernels/batch.hpp"
#include "kernels/dense.hpp"
#include "kernels/elementwise.hpp"
#include "kernels/few.hpp"
#include "kernels/loss.hpp"
#include "kernels/matmul.hpp"
#include "kernels/noise.hpp"
#include "kernels/normalize.hpp"
#include "kernels/order.hpp"
#include "kernels/reduce.hpp"
#include "kernels/rows.hpp"

#define DENIM_TEXT_(x) #x
#define DENIM_TEXT(x) DENIM_TEXT_(x)

namespace denim::DENIM_PRECISION {
namespace DENIM_ISA {

static void map(Function function, Real alpha, const Real* x, Real* y, Real* slope, long n) {
    activate_run(function, alpha, x, y, slope, n);
    if (slope_from_value(function, alpha)) {
        for (long i = 0; i < n; ++i) slope[i] = 1.0;
        multiply_by_slope(function, alpha, slope, y, nullptr, slope, false, n);
    }
}

static void fused_multiply_add(const Real* a, const Real* b, const Real* c, Real* out, long n) {
    for (long i = 0; i < n; i += kLanes) store(out + i, fma(load(a + i), load(b + i), load(c + i)));
}

static void logarithm(const Real* x, Real* y, long n) {
    for (long i = 0; i < n; i += kLanes) store(y + i, vlog(load(x + i)));
}

}  // namespace DENIM_ISA

extern const KernelTable DENIM_TABLE;
const KernelTable DENIM_TABLE = {
    DENIM_TEXT(DENIM_ISA),
    DENIM_ISA::kTail,
    (int)DENIM_ISA::kPanel,
    DENIM_ISA::rows_for(DENIM_ISA::kPanelVectors),
    DENIM_ISA::dense_forward,
    DENIM_ISA::dense_unpacked,
    DENIM_ISA::dense_backward,
    DENIM_ISA::dense_update,
    DENIM_ISA::apply_update,
    DENIM_ISA::update_run,
    DENIM_ISA::column_sums,
    DENIM_ISA::affine_forward,
    DENIM_ISA::affine_backward,
    DENIM_ISA::batch_norm_statistics,
    DENIM_ISA::batch_norm_forward,
    DENIM_ISA::batch_norm_gradients,
    DENIM_ISA::batch_norm_backward,
    DENIM_ISA::layer_norm_forward,
    DENIM_ISA::layer_norm_backward,
    DENIM_ISA::layer_norm_gradients,
    DENIM_ISA::move_statistics,
    DENIM_ISA::activation_forward,
    DENIM_ISA::activation_backward,
    DENIM_ISA::loss_rows,
    DENIM_ISA::dropout_rows,
    DENIM_ISA::noise_rows,
    DENIM_ISA::elementwise_forward,
    DENIM_ISA::elementwise_backward,
    DENIM_ISA::elementwise_shared_backward,
    DENIM_ISA::reduce_forward,
    DENIM_ISA::reduce_backward,
    DENIM_ISA::batch_reduce_forward,
    DENIM_ISA::batch_reduce_backward,
    DENIM_ISA::matmul_forward,
    DENIM_ISA::matmul_backward,
    DENIM_ISA::sum_rows,
    DENIM_ISA::order_rows,
    DENIM_ISA::gather_rows,
    DENIM_ISA::prefetch_rows,
    DENIM_ISA::map,
    DENIM_ISA::fused_multiply_add,
    DENIM_ISA::logarithm,
};

}  // namespace denim::DENIM_PRECISION

#include "plan/pack.hpp"

namespace denim {

namespace {

// visit(packed index, row, column) for every place of a packed block; column >= n is padding.
template <class Visit>
void each_place(long rows, long n, const KernelTable& table, Visit visit) {
    long at = 0;
    for (long p = 0; p < panels_of(n, table.panel); ++p) {
        const long width = panel_width(n, table.panel, table.lanes, p);
        for (long i = 0; i < rows; ++i)
            for (long j = 0; j < width; ++j) visit(at++, i, p * table.panel + j);
    }
}

}  // namespace

void pack(const BlockSpec& spec, const KernelTable& table, const float* flat, float* block) {
    each_place(spec.k + 1, spec.n, table, [&](long at, long i, long j) {
        if (j >= spec.n)
            block[at] = 0;
        else if (i < spec.k)
            block[at] = flat[spec.kernel_offset + i * spec.n + j];
        else
            block[at] = spec.bias_offset < 0 ? 0 : flat[spec.bias_offset + j];
    });
}

void unpack(const BlockSpec& spec, const KernelTable& table, const float* block, float* flat) {
    each_place(spec.k + 1, spec.n, table, [&](long at, long i, long j) {
        if (j >= spec.n) return;
        if (i < spec.k)
            flat[spec.kernel_offset + i * spec.n + j] = block[at];
        else if (spec.bias_offset >= 0)
            flat[spec.bias_offset + j] = block[at];
    });
}

void pack_transposed(const BlockSpec& spec, const KernelTable& table, const float* flat, float* block) {
    each_place(spec.n, spec.k, table, [&](long at, long i, long j) {
        block[at] = j < spec.k ? flat[spec.kernel_offset + j * spec.n + i] : 0;
    });
}

}  // namespace denim

// Between the flat parameter buffer and the packed panels the kernels read.
#pragma once

#include "kernels/table.hpp"
#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

// Numbers of a block of k rows (the bias row included, where there is one) and n columns in panels.
inline long packed_size(long rows, long n, const KernelTable& table) {
    long size = 0;
    for (long p = 0; p < panels_of(n, table.panel); ++p) size += rows * panel_width(n, table.panel, table.tail, p);
    return size;
}

// kernel and bias of `spec` from a flat buffer into `block`; columns past n, and a bias that is not there, become zero.
void pack(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block);
void unpack(const BlockSpec& spec, const KernelTable& table, const Real* block, Real* flat);
// W^T in panels of its own, without a bias row.
void pack_transposed(const BlockSpec& spec, const KernelTable& table, const Real* flat, Real* block);

}  // namespace denim::DENIM_PRECISION

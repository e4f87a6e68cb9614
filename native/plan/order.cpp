#include <numeric>

#include "plan/spec.hpp"

namespace denim::DENIM_PRECISION {

void OrderSpec::rows_at(const KernelTable& table, int64_t start, long count, int64_t* to) const {
    if (keys.empty()) return std::iota(to, to + count, start);
    table.order_rows({keys.data(), static_cast<long>(keys.size()), left_bits, right_bits, rows}, start, count, to);
}

}  // namespace denim::DENIM_PRECISION

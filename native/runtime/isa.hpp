// Which instruction sets this build and this CPU have.
#pragma once

#include <string>
#include <vector>

#include "kernels/table.hpp"

namespace denim::DENIM_PRECISION {

// The kernels for `name`, or for the preferred set when it is empty. Throws std::invalid_argument with what there is.
const KernelTable& kernels(const std::string& name = "");

// Names, the preferred one first.
std::vector<std::string> available_instruction_sets();

}  // namespace denim::DENIM_PRECISION

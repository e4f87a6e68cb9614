#include "runtime/isa.hpp"

#include <stdexcept>

namespace denim::DENIM_PRECISION {

extern const KernelTable kernels_portable;
#if defined(DENIM_HAVE_X86)
extern const KernelTable kernels_avx2;
extern const KernelTable kernels_avx512;
#elif defined(DENIM_HAVE_NEON)
extern const KernelTable kernels_neon;
#endif

// Preferred first, which is the widest. Only sets that the CPU and the operating system support.
static std::vector<const KernelTable*> supported() {
    std::vector<const KernelTable*> tables;
#if defined(DENIM_HAVE_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        tables.push_back(&kernels_avx512);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables.push_back(&kernels_avx2);
#elif defined(DENIM_HAVE_NEON)
    tables.push_back(&kernels_neon);  // every 64-bit ARM has it
#endif
    tables.push_back(&kernels_portable);
    return tables;
}

std::vector<std::string> available_instruction_sets() {
    std::vector<std::string> names;
    for (const KernelTable* table : supported()) names.emplace_back(table->name);
    return names;
}

const KernelTable& kernels(const std::string& name) {
    const auto tables = supported();
    if (name.empty()) return *tables.front();
    std::string have;
    for (const KernelTable* table : tables) {
        if (name == table->name) return *table;
        have += have.empty() ? table->name : std::string(", ") + table->name;
    }
    throw std::invalid_argument("DENIM_ISA names an instruction set that this CPU and this build have. They have: " +
                                have + ". Received: '" + name + "'");
}

}  // namespace denim::DENIM_PRECISION

// Predictions for a few rows of a program's one input, at little cost beyond the arithmetic.
#pragma once

#include <nanobind/nanobind.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <numpy/arrayobject.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runner.hpp"

namespace denim::DENIM_PRECISION {

// Environment variables as they were when this was made.
class Environment {
   public:
    explicit Environment(const std::vector<std::string>& names) {
        for (const std::string& name : names) settings_.emplace_back(name, value(name));
    }

    bool unchanged() const {
        for (const auto& [name, was] : settings_) {
            const char* now = std::getenv(name.c_str());
            if (now ? !was || *was != now : was.has_value()) return false;
        }
        return true;
    }

   private:
    static std::optional<std::string> value(const std::string& name) {
        const char* found = std::getenv(name.c_str());
        return found ? std::optional<std::string>(found) : std::nullopt;
    }

    std::vector<std::pair<std::string, std::optional<std::string>>> settings_;
};

// The kinds of elements that are fed as they are.
inline std::optional<Element> element_of(PyArrayObject* array) {
    const auto integer = [](size_t bytes) { return bytes == 8 ? Element::int64 : Element::int32; };
    switch (PyArray_TYPE(array)) {
        case NPY_FLOAT: return Element::float32;
        case NPY_DOUBLE: return Element::float64;
        case NPY_BOOL:
        case NPY_UBYTE: return Element::uint8;
        case NPY_INT: return integer(sizeof(int));
        case NPY_LONG: return integer(sizeof(long));
        case NPY_LONGLONG: return integer(sizeof(long long));
        default: return std::nullopt;
    }
}

// What it cannot take it leaves alone: the answer is None, and the ordinary way must be gone. It keeps what a call writes,
// apart from the result, for the next one; Python's lock, which it never gives away, keeps two calls apart.
class FewRows {
   public:
    // owners: what lives as long as this does. array_type: of the results, np.ndarray or a class made from it.
    FewRows(Runner& runner, nanobind::object owners, StateSpec state, std::vector<npy_intp> sample,
            const std::vector<npy_intp>& output, nanobind::object array_type, const std::vector<std::string>& settings)
        : runner_(runner),
          owners_(std::move(owners)),
          state_(std::move(state)),
          sample_(std::move(sample)),
          array_type_(std::move(array_type)),
          environment_(settings) {
        shape_.insert(shape_.end(), output.begin(), output.end());
    }

    nanobind::object predict(nanobind::handle x) {
        if (!PyArray_CheckExact(x.ptr())) return nanobind::none();
        auto* const given = reinterpret_cast<PyArrayObject*>(x.ptr());
        const auto element = element_of(given);
        if (!element || !fits(given) || !environment_.unchanged()) return nanobind::none();
        const npy_intp rows = PyArray_DIM(given, 0);
        if (rows < 1 || rows > kFewRows) return nanobind::none();
        shape_[0] = rows;
        auto out = nanobind::steal(PyArray_New(reinterpret_cast<PyTypeObject*>(array_type_.ptr()),
                                               static_cast<int>(shape_.size()), shape_.data(), kNumber, nullptr, nullptr,
                                               0, 0, nullptr));
        if (!out) throw nanobind::python_error();
        feed_.rows = rows;
        feed_.inputs[0] = {PyArray_DATA(given), PyArray_STRIDE(given, 0), *element};
        to_[0] = static_cast<Real*>(PyArray_DATA(reinterpret_cast<PyArrayObject*>(out.ptr())));
        // The interpreter stays ours: giving it away and getting it back takes longer than the work.
        return runner_.predict_few(state_, feed_, to_) ? out : nanobind::none();
    }

   private:
    static constexpr int kNumber = sizeof(Real) == sizeof(float) ? NPY_FLOAT : NPY_DOUBLE;

    // Rows of the sample's shape, each contiguous, of aligned numbers in the machine's own order of bytes.
    bool fits(PyArrayObject* array) const {
        if (PyArray_NDIM(array) != static_cast<int>(sample_.size()) + 1 || !PyArray_ISBEHAVED_RO(array)) return false;
        npy_intp expected = PyArray_ITEMSIZE(array);
        for (size_t axis = sample_.size(); axis > 0; --axis) {
            const npy_intp length = PyArray_DIM(array, static_cast<int>(axis));
            if (length != sample_[axis - 1]) return false;
            if (length != 1 && PyArray_STRIDE(array, static_cast<int>(axis)) != expected) return false;
            expected *= length;
        }
        return true;
    }

    Runner& runner_;
    const nanobind::object owners_;
    const StateSpec state_;
    const std::vector<npy_intp> sample_;
    const nanobind::object array_type_;
    const Environment environment_;
    std::vector<npy_intp> shape_{0};  // of the output
    FeedSpec feed_{.rows = 0, .inputs = {Column{}}, .targets = {}, .weights = {}};
    std::vector<Real*> to_{nullptr};
};

}  // namespace denim::DENIM_PRECISION

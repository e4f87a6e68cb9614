// Predictions for a few rows of a program's one input, at little cost beyond the arithmetic.
#pragma once

#include <nanobind/nanobind.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <numpy/arrayobject.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runner.hpp"

namespace denim::DENIM_PRECISION {

// The environment's entries with this prefix, as they were when this was made. getenv would go through all of them for
// each name.
class Environment {
   public:
    explicit Environment(std::string prefix) : prefix_(std::move(prefix)) {
        for (char** entry = environ; entry && *entry; ++entry)
            if (concerns(*entry)) were_.emplace_back(*entry);
    }

    bool unchanged() const {
        auto was = were_.begin();
        for (char** entry = environ; entry && *entry; ++entry)
            if (concerns(*entry) && (was == were_.end() || *was++ != *entry)) return false;
        return was == were_.end();
    }

   private:
    bool concerns(const char* entry) const {
        return *entry == prefix_[0] && std::strncmp(entry, prefix_.c_str(), prefix_.size()) == 0;
    }

    const std::string prefix_;
    std::vector<std::string> were_;
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

// What it cannot take it leaves alone: the answer is None, and the ordinary way must be gone. What a call says to the
// runner is written where the last one did; Python's lock, which it never gives away, keeps two calls apart.
class FewRows {
   public:
    // owners: what must live as long as this. array_type: of the results, np.ndarray or a class made from it. settings:
    // how the names of the environment variables begin that the ordinary way would look at.
    FewRows(Runner& runner, nanobind::object owners, StateSpec state, std::vector<npy_intp> sample,
            const std::vector<npy_intp>& output, nanobind::object array_type, std::string settings)
        : runner_(runner),
          owners_(std::move(owners)),
          state_(std::move(state)),
          sample_(std::move(sample)),
          array_type_(std::move(array_type)),
          environment_(std::move(settings)) {
        output_.insert(output_.end(), output.begin(), output.end());
    }

    nanobind::object predict(nanobind::handle x) {
        if (!PyArray_CheckExact(x.ptr())) return nanobind::none();
        auto* const given = reinterpret_cast<PyArrayObject*>(x.ptr());
        const auto element = element_of(given);
        if (!element || !fits(given) || !environment_.unchanged()) return nanobind::none();
        const npy_intp rows = PyArray_DIM(given, 0);
        if (rows < 1 || rows > kFewRows) return nanobind::none();
        // Making a result of a subclass may run Python code, which may come here again.
        std::array<npy_intp, NPY_MAXDIMS> shape;
        std::copy(output_.begin(), output_.end(), shape.begin());
        shape[0] = rows;
        auto out = nanobind::steal(PyArray_New(reinterpret_cast<PyTypeObject*>(array_type_.ptr()),
                                               static_cast<int>(output_.size()), shape.data(), kNumber, nullptr, nullptr, 0,
                                               0, nullptr));
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
    std::vector<npy_intp> output_{0};  // its shape, rows first
    FeedSpec feed_{.rows = 0, .inputs = {Column{}}, .targets = {}, .weights = {}};
    std::vector<Real*> to_{nullptr};
};

}  // namespace denim::DENIM_PRECISION

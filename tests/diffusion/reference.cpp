// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <bit>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace magicface::diffusion::testing {
namespace {

std::ifstream open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + path);
  return file;
}

}  // namespace

Reference::Reference(const std::string& name) {
  static_assert(std::endian::native == std::endian::little, "the stored numbers are little-endian");
  const auto prefix = std::string(MAGICFACE_TEST_DATA) + "/samplers/" + name;
  index_ = nlohmann::json::parse(open(prefix + ".json"));
  auto file = open(prefix + ".f32");
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  values_.resize(bytes.size() / sizeof(float));
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(values_.data()));
}

at::Tensor Reference::get(const std::string& array) const {
  const auto& entry = index_.at(array);
  const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto offset = entry.at("offset").get<std::int64_t>();
  const auto all = at::tensor(at::ArrayRef<float>(values_), at::kFloat);
  return all.narrow(0, offset, c10::multiply_integers(shape)).reshape(shape).to(at::kDouble);
}

std::vector<int> Reference::step_counts(const std::string& sampler) const {
  std::vector<int> counts;
  for (int n = 1; n < 1000; ++n) {
    if (contains(sampler + "_" + std::to_string(n) + "_timesteps")) counts.push_back(n);
  }
  return counts;
}

}  // namespace magicface::diffusion::testing

// SPDX-License-Identifier: Apache-2.0
#include "check_tolerances.hpp"

#include <nlohmann/json.hpp>

#include "eval_figures.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/text.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::uintmax_t kMaxBytes = 1 << 20;

/// Reads fields and says what is wrong with them.
class TolerancesReader {
 public:
  explicit TolerancesReader(std::string file) : file_(std::move(file)) {}

  Tolerances read(const Json& json) const {
    expect_fields(json, "", {"ignore", "pixels", "au_change", "figures"});
    Tolerances tolerances;
    if (json.contains("ignore")) {
      if (!json["ignore"].is_array()) throw wrong("ignore", "a list of names", json["ignore"]);
      for (const auto& name : json["ignore"]) {
        if (!name.is_string()) throw wrong("ignore", "a list of names", json["ignore"]);
        tolerances.ignore.insert(name.get<std::string>());
      }
    }
    if (json.contains("pixels")) {
      tolerances.max_difference.reset();
      const auto& pixels = json["pixels"];
      if (!pixels.is_null()) expect_fields(pixels, "pixels.", {"max_difference", "min_ssim"});
      if (pixels.contains("max_difference"))
        tolerances.max_difference = static_cast<int>(number(pixels["max_difference"], "pixels.max_difference", 255));
      if (pixels.contains("min_ssim")) tolerances.min_ssim = number(pixels["min_ssim"], "pixels.min_ssim", 1);
    }
    if (json.contains("au_change")) {
      tolerances.au_change.reset();
      if (!json["au_change"].is_null()) tolerances.au_change = number(json["au_change"], "au_change", 5);
    }
    if (json.contains("figures")) {
      if (!json["figures"].is_object()) throw wrong("figures", "an object", json["figures"]);
      for (const auto& [key, value] : json["figures"].items()) {
        try {
          figure_info(key);
        } catch (const UsageError& problem) {
          throw UsageError(file_ + ": figures: " + problem.what());
        }
        tolerances.figures[key] = number(value, "figures." + key, 1e6);
      }
    }
    return tolerances;
  }

 private:
  UsageError wrong(const std::string& field, const std::string& expected, const Json& actual) const {
    return UsageError(file_ + ": " + field + ": expected " + expected + ", got " + actual.dump());
  }

  void expect_fields(const Json& json, const std::string& where, const std::vector<std::string>& known) const {
    if (!json.is_object()) throw wrong(where.empty() ? "the file" : where, "an object", json);
    for (const auto& [field, value] : json.items()) {
      if (std::find(known.begin(), known.end(), field) != known.end()) continue;
      throw UsageError(file_ + ": unknown field '" + where + field + "'; the nearest is '" + where +
                       nearest(field, known) + "'");
    }
  }

  double number(const Json& value, const std::string& field, double most) const {
    if (value.is_number() && value.get<double>() >= 0 && value.get<double>() <= most) return value.get<double>();
    throw wrong(field, "a number from 0 to " + format_number(most), value);
  }

  std::string file_;
};

}  // namespace

Tolerances read_tolerances(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) throw NoInputError("--tolerances " + file.string() + ": no such file");
  const auto bytes = read_file(file, kMaxBytes);
  const auto json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded()) throw UsageError("--tolerances " + file.string() + ": no JSON");
  return TolerancesReader("--tolerances " + file.string()).read(json);
}

}  // namespace magicface::app

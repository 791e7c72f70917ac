// SPDX-License-Identifier: Apache-2.0
#include "check_compare.hpp"

#include <cmath>
#include <map>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/hash.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/picture.hpp"
#include "magicface/measure/pixels.hpp"

namespace magicface::app {
namespace {

using Json = nlohmann::ordered_json;

Json at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : Json();
}

std::string expected_got(const Json& stored, const Json& now) {
  return "expected " + shown(stored) + ", got " + shown(now);
}

std::string expected_got(double stored, double now, double tolerance) {
  return "expected " + format_number(stored) + ", got " + format_number(now) + ", off by " +
         format_number(rounded(std::abs(now - stored), 9)) + " (allowed: " + format_number(tolerance) + ")";
}

/// Compares one output, made twice.
class ItemComparison {
 public:
  ItemComparison(const RecordedItem& stored, const RecordedItem& now, const Tolerances& tolerances,
                 std::vector<Drift>& drifts)
      : stored_(stored), now_(now), tolerances_(tolerances), drifts_(drifts) {}

  void run() {
    compare_status();
    same("input", at(at(stored_.record, "input"), "sha256"), at(at(now_.record, "input"), "sha256"));
    same("bundle", bundle_of(stored_), bundle_of(now_));
    compare_parameters();
    // Without a picture there are no intensities: a line for each would bury what happened.
    if (at(stored_.record, "status") == at(now_.record, "status")) compare_change();
    if (stored_.ok() && now_.ok() && (tolerances_.max_difference || tolerances_.min_ssim)) compare_pixels();
  }

 private:
  void drifted(const std::string& what, const std::string& how) { drifts_.push_back({now_.key, what, how}); }

  void same(const std::string& what, const Json& stored, const Json& now) {
    if (!tolerances_.ignore.contains(what) && stored != now) drifted(what, expected_got(stored, now));
  }

  void compare_status() {
    const auto stored = at(stored_.record, "status"), now = at(now_.record, "status"), error = at(now_.record, "error");
    if (tolerances_.ignore.contains("status") || stored == now) return;
    drifted("status", expected_got(stored, now) + (error.is_string() ? ": " + error.get<std::string>() : ""));
  }

  static Json bundle_of(const RecordedItem& item) {
    const auto bundle = at(item.record, "bundle");
    return {at(bundle, "name"), at(bundle, "sha256")};
  }

  void compare_parameters() {
    const auto stored = at(stored_.record, "parameters"), now = at(now_.record, "parameters");
    std::set<std::string> names;
    for (const auto* side : {&stored, &now}) {
      for (const auto& [name, value] : side->items()) names.insert(name);
    }
    for (const auto& name : names) same(name, at(stored, name.c_str()), at(now, name.c_str()));
  }

  void compare_change() {
    const auto stored = at(stored_.record, "au_change"), now = at(now_.record, "au_change");
    if (!tolerances_.au_change || !stored.is_object()) return;
    for (const auto& [name, value] : stored.items()) {
      const auto other = at(now, name.c_str());
      if (!value.is_number() || !other.is_number()) {
        drifted(name, expected_got(value, other));
      } else if (std::abs(other.get<double>() - value.get<double>()) > *tolerances_.au_change + Tolerances::kExact) {
        drifted(name, "change: " + expected_got(value.get<double>(), other.get<double>(), *tolerances_.au_change));
      }
    }
  }

  void compare_pixels() {
    try {
      expect_recorded_bytes(stored_);
      if (sha256_of_file(stored_.output) == sha256_of_file(now_.output)) return;
      const auto a = image::read_picture(stored_.output), b = image::read_picture(now_.output);
      if (tolerances_.max_difference) {
        compare_values("pixels", a.rgb, b.rgb);
        compare_alpha(a.alpha, b.alpha);
      }
      if (!tolerances_.min_ssim) return;
      const double similarity = measure::ssim(a.rgb, b.rgb);
      if (similarity < *tolerances_.min_ssim) {
        drifted("pixels",
                "SSIM " + format_number(similarity) + " (at least: " + format_number(*tolerances_.min_ssim) + ")");
      }
    } catch (const Error& problem) {
      drifted("pixels", problem.what());
    }
  }

  void compare_values(const std::string& what, const cv::Mat& a, const cv::Mat& b) {
    const int difference = measure::largest_difference(a, b);
    if (difference <= *tolerances_.max_difference) return;
    drifted(what, "largest difference " + std::to_string(difference) +
                      " of 255 (allowed: " + std::to_string(*tolerances_.max_difference) + ")");
  }

  void compare_alpha(const cv::Mat& a, const cv::Mat& b) {
    if (a.empty() != b.empty()) {
      drifted("alpha", a.empty() ? "expected none, got some" : "expected some, got none");
    } else if (!a.empty()) {
      compare_values("alpha", a, b);
    }
  }

  /// A stored picture that somebody changed would accept anything.
  static void expect_recorded_bytes(const RecordedItem& item) {
    const auto outputs = at(item.record, "outputs");
    if (!outputs.is_array() || outputs.empty()) return;
    const auto recorded = at(outputs[0], "sha256");
    if (recorded.is_string() && recorded != sha256_of_file(item.output)) {
      throw ItemError(item.output.string() +
                      ": the stored picture isn't the one its record says; accept anew with --update");
    }
  }

  const RecordedItem& stored_;
  const RecordedItem& now_;
  const Tolerances& tolerances_;
  std::vector<Drift>& drifts_;
};

}  // namespace

std::vector<Drift> compare_runs(const RecordedRun& stored, const RecordedRun& now, const Tolerances& tolerances) {
  std::vector<Drift> drifts;
  std::map<std::string, const RecordedItem*> left;
  for (const auto& item : now.items) left[item.key] = &item;
  for (const auto& item : stored.items) {
    const auto found = left.find(item.key);
    if (found == left.end()) {
      drifts.push_back({item.key, "item", "stored, and not in the run"});
      continue;
    }
    ItemComparison(item, *found->second, tolerances, drifts).run();
    left.erase(found);
  }
  for (const auto& [key, item] : left) drifts.push_back({key, "item", "new: not in the stored run"});
  return drifts;
}

std::vector<Drift> compare_figures(const Json& stored, const Json& now, const Tolerances& tolerances) {
  std::vector<Drift> drifts;
  const auto &stored_method = stored.at("methods").at(0), &method = now.at("methods").at(0);
  // Means leave out what can't be measured, and those of other estimators can't be compared.
  for (const char* count : {"pairs", "problems"}) {
    if (!tolerances.ignore.contains(count) && at(stored_method, count) != at(method, count))
      drifts.push_back({"figures", count, expected_got(at(stored_method, count), at(method, count))});
  }
  const auto stored_estimators = at(stored, "estimators"), estimators = at(now, "estimators");
  for (const auto& [what, name] : stored_estimators.items()) {
    const auto other = at(estimators, what.c_str());
    if (!tolerances.ignore.contains("estimators") && other != name)
      drifts.push_back({"figures", "estimators", what + ": " + expected_got(name, other)});
  }
  const auto &before = stored_method.at("figures"), &after = method.at("figures");
  for (const auto& [key, estimate] : before.items()) {
    auto allowed = tolerances.figures.find(key);
    if (allowed == tolerances.figures.end()) allowed = tolerances.figures.find(key.substr(0, key.find('/')));
    const double tolerance = allowed == tolerances.figures.end() ? Tolerances::kExact : allowed->second;
    const double expected = estimate.at("value").get<double>();
    if (!after.contains(key)) {
      drifts.push_back({"figures", key, "expected " + format_number(expected) + ", and it can't be measured now"});
      continue;
    }
    const double value = after[key].at("value").get<double>();
    if (std::abs(value - expected) > tolerance)
      drifts.push_back({"figures", key, expected_got(expected, value, tolerance)});
  }
  return drifts;
}

}  // namespace magicface::app

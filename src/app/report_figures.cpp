// SPDX-License-Identifier: Apache-2.0
#include "report_figures.hpp"

#include <algorithm>
#include <iterator>

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

constexpr std::uintmax_t kMaxBytes = std::uintmax_t{512} << 20;

/// How many names from the end on two paths share.
std::size_t shared_end(const fs::path& a, const fs::path& b) {
  std::size_t count = 0;
  for (auto x = a.end(), y = b.end(); x != a.begin() && y != b.begin() && *--x == *--y;) ++count;
  return count;
}

}  // namespace

ReportFigures::ReportFigures(const fs::path& file) {
  if (!is_file(file)) throw NoInputError("--figures " + file.string() + ": no such file");
  const auto bytes = read_file(file, kMaxBytes);
  try {
    const auto json = Json::parse(bytes.begin(), bytes.end());
    const fs::path folder = json.value("folder", "");  // older ones don't say it; then it is the current one
    for (const auto& method : json.at("methods")) {
      for (const auto& item : method.at("items")) {
        const auto edited = item.at("edited").get<std::string>();
        if (!edited.empty()) entries_[canonical_path(folder / edited)].figures = item.at("figures");
      }
    }
  } catch (const Json::exception&) {
    throw UsageError("--figures " + file.string() + ": expected what magicface eval --out FILE.json writes");
  }
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    entry->second.gone = !path_exists(entry->first);
    if (entry->second.gone) gone_by_filename_.emplace(entry->first.filename(), entry);
  }
}

Json ReportFigures::of(const RecordedItem& item) {
  if (item.output.empty()) return Json::object();
  if (const auto found = entries_.find(canonical_path(item.output)); found != entries_.end())
    return found->second.figures;
  if (const auto* moved = find_moved(item)) {
    ++by_name_;
    return moved->figures;
  }
  ++missing_;
  return Json::object();
}

/// The one that shares most of its path, at least the name below the run; a picture that is still there is another.
const ReportFigures::Entry* ReportFigures::find_moved(const RecordedItem& item) const {
  const fs::path key = item.key;
  const auto path = canonical_path(item.output);
  const auto least = static_cast<std::size_t>(std::distance(key.begin(), key.end()));
  const auto [begin, end] = gone_by_filename_.equal_range(path.filename());
  const Entry* best = nullptr;
  std::size_t most = 0;
  for (auto candidate = begin; candidate != end; ++candidate) {
    const auto& [other, entry] = *candidate->second;
    const auto shared = shared_end(path, other);
    if (shared < least || shared < most) continue;
    best = shared > most ? &entry : nullptr;  // of two that are alike it is neither
    most = shared;
  }
  return best;
}

}  // namespace magicface::app

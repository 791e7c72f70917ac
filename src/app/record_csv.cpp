// SPDX-License-Identifier: Apache-2.0
#include "record_csv.hpp"

#include <algorithm>

#include "item_lines.hpp"
#include "magicface/core/csv.hpp"
#include "magicface/core/rounding.hpp"
#include "magicface/core/text.hpp"
#include "magicface/core/utf8.hpp"

namespace magicface::app {
namespace {

/// A value as people read it: no quotes around text, nothing for null, "AU4=-6 AU12=2.5" for an object, "; " in lists.
std::string plain(const RecordJson& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return valid_utf8(value.get_ref<const std::string&>(), "\uFFFD");
  if (value.is_number_float()) return format_number(value.get<double>());
  std::vector<std::string> parts;
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) parts.push_back(key + "=" + plain(part));
    return join(parts, " ");
  }
  if (!value.is_array()) return value.dump();
  for (const auto& part : value) parts.push_back(plain(part));
  return join(parts, "; ");
}

RecordJson at(const RecordJson& object, const std::string& key) {
  return object.is_object() && object.contains(key) ? object[key] : RecordJson();
}

/// All names under `key` in any line, in the order they come up.
std::vector<std::string> names_under(const std::vector<RecordJson>& lines, const char* key) {
  std::vector<std::string> names;
  for (const auto& line : lines) {
    const auto object = at(line, key);
    for (const auto& [name, value] : object.items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace

std::string format_records_csv(const std::vector<RecordJson>& lines) {
  const auto parameters = names_under(lines, "parameters");
  const auto aus = names_under(lines, "au_before");
  std::vector<std::string> header{"item", "line", "id", "status", "input", "output"};
  header.insert(header.end(), parameters.begin(), parameters.end());
  for (const auto& au : aus) header.push_back(au + "_before");
  for (const auto& au : aus) header.push_back(au + "_after");
  for (const char* name : {"seconds", "bundle", "warnings", "error"}) header.emplace_back(name);
  std::string text = format_csv_row(header) + '\n';
  for (const auto& line : lines) {
    if (at(line, "event") != "item") continue;
    std::vector<std::string> row;
    for (const char* name : {"item", "line", "id", "status"}) row.push_back(plain(at(line, name)));
    row.push_back(plain(at(at(line, "input"), "path")));
    row.push_back(plain(at(line, "output")));
    for (const auto& name : parameters) row.push_back(plain(at(at(line, "parameters"), name)));
    for (const char* when : {"au_before", "au_after"}) {
      for (const auto& au : aus) row.push_back(plain(at(at(line, when), au)));
    }
    double seconds = 0;
    const auto stages = at(line, "seconds");
    for (const auto& [stage, spent] : stages.items()) seconds += spent.get<double>();
    row.push_back(format_number(rounded(seconds, 3)));  // stages are in thousandths
    row.push_back(plain(at(at(line, "bundle"), "name")));
    row.push_back(plain(at(line, "warnings")));
    row.push_back(plain(at(line, "error")));
    text += format_csv_row(row) + '\n';
  }
  return text;
}

std::string records_csv(const std::filesystem::path& records) {
  ItemLines items;
  read_records(records, [&](std::size_t, const RecordJson& line) { items.add(line); });
  std::vector<RecordJson> lines;
  for (auto& item : items.lines()) lines.push_back(std::move(item.record));
  return format_records_csv(lines);
}

}  // namespace magicface::app

// SPDX-License-Identifier: Apache-2.0
#include "eval_inputs.hpp"

#include <algorithm>

#include "magicface/core/csv.hpp"
#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/format.hpp"
#include "recorded_run.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t kMaxCsv = std::uintmax_t{256} << 20;

/// A column is a path, the face, an action unit, or not ours.
struct Column {
  enum class Kind { source, edited, mask, truth, face, unit, other } kind = Kind::other;
  std::size_t unit = 0;
};

Column column_of(const std::string& name, const std::string& file, const face::AuVocabulary& vocabulary) {
  using Kind = Column::Kind;
  if (name == "source") return {Kind::source};
  if (name == "edited") return {Kind::edited};
  if (name == "mask") return {Kind::mask};
  if (name == "truth") return {Kind::truth};
  if (name == "face") return {Kind::face};
  if (const auto unit = vocabulary.find(name)) return {Kind::unit, *unit};
  if (name.starts_with("AU") || name.starts_with("au")) {
    throw UsageError(file + ": column '" + name + "': no such action unit; the bundle has " +
                     join(vocabulary.names(), ", "));
  }
  log::warn(file + ": the column '" + name + "' isn't read");
  return {};
}

std::vector<Column> read_header(const CsvRow& header, const std::string& file, const face::AuVocabulary& vocabulary) {
  std::vector<Column> columns;
  for (const auto& name : header.fields) columns.push_back(column_of(name, file, vocabulary));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (columns[i].kind == Column::Kind::other || columns[i].kind != columns[j].kind ||
          columns[i].unit != columns[j].unit)
        continue;
      throw UsageError(file + ": two columns for the same (" + header.fields[j] + " and " + header.fields[i] +
                       "); keep one of them");
    }
  }
  const auto has = [&](Column::Kind kind) {
    return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.kind == kind; });
  };
  if (!has(Column::Kind::source) || !has(Column::Kind::edited) || !has(Column::Kind::unit)) {
    throw UsageError(file + ": expected a header with source, edited and action units (AU1, AU2, ...), got " +
                     join(header.fields, ","));
  }
  return columns;
}

void fill(EvalPair& pair, const Column& column, const std::string& field, const fs::path& folder) {
  using Kind = Column::Kind;
  if (field.empty()) return;  // no path, or a variation of 0
  if (column.kind == Kind::source) pair.source = folder / field;
  if (column.kind == Kind::edited) pair.edited = folder / field;
  if (column.kind == Kind::mask) pair.mask = folder / field;
  if (column.kind == Kind::truth) pair.truth = folder / field;
  if (column.kind != Kind::unit && column.kind != Kind::face) return;
  const auto number = parse_number(field);
  if (!number) throw UsageError(pair.name + ": expected a number, got '" + field + "'");
  if (column.kind == Kind::unit) pair.variation[column.unit] = *number;
  if (column.kind == Kind::face) {
    if (*number < 1 || *number != static_cast<double>(static_cast<std::size_t>(*number))) {
      throw UsageError(pair.name + ": face: expected a whole number from 1, got '" + field + "'");
    }
    pair.face = field;
  }
}

std::vector<EvalPair> read_csv(const fs::path& file, const face::AuVocabulary& vocabulary) {
  if (!is_file(file)) throw NoInputError(file.string() + ": no such file");
  const auto bytes = read_file(file, kMaxCsv);
  const auto rows = parse_given_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
  if (rows.size() < 2) throw NoInputError(file.string() + ": expected a header and at least one pair");
  const auto columns = read_header(rows[0], file.string(), vocabulary);
  std::vector<EvalPair> pairs;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    EvalPair pair;
    pair.name = file.filename().string() + ":" + std::to_string(row->line);
    expect_fields_of_header(*row, rows[0], pair.name);
    pair.variation.assign(vocabulary.size(), 0);
    for (std::size_t i = 0; i < columns.size(); ++i) fill(pair, columns[i], row->fields[i], file.parent_path());
    if (pair.source.empty() || pair.edited.empty())
      throw UsageError(pair.name + ": expected a path in source and in edited");
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

face::ActionUnits variation_of(const RecordJson& au, const face::AuVocabulary& vocabulary) {
  face::ActionUnits variation(vocabulary.size(), 0.0);
  for (const auto& [name, value] : au.items()) variation[vocabulary.index_of(name)] = value.get<double>();
  return variation;
}

EvalPair pair_of(const RecordedItem& item, const fs::path& file, const face::AuVocabulary& vocabulary) {
  EvalPair pair;
  pair.name =
      (fs::is_directory(file) ? run_name(file) : file.filename().string()) + " item " + item.record.at("item").dump();
  pair.source = item.source;
  pair.edited = item.output;
  pair.variation.assign(vocabulary.size(), 0);
  if (!item.ok()) {
    pair.problem = "not made: " +
                   (item.record["error"].is_string() ? item.record["error"].get<std::string>() : "no reason recorded");
    return pair;
  }
  pair.variation = variation_of(item.variation(), vocabulary);
  if (item.record.contains("faces")) {
    for (const auto& face : item.record["faces"]) {
      if (face.at("status") == "ok") pair.by_face.push_back(variation_of(face.at("au"), vocabulary));
    }
  }
  if (const auto& parameters = item.record.at("parameters"); parameters.contains("face"))
    pair.face = parameters["face"].get<std::string>();
  return pair;
}

std::vector<EvalPair> read_records_of(const fs::path& file, const face::AuVocabulary& vocabulary) {
  std::vector<EvalPair> pairs;
  for (const auto& item : read_run(file).items) {
    try {
      pairs.push_back(pair_of(item, file, vocabulary));
    } catch (const RecordJson::exception&) {
      throw UsageError(file.string() + ": item " + item.record.at("item").dump() + " isn't as docs/records.md says");
    }
  }
  return pairs;
}

}  // namespace

EvalMethod read_eval_method(const std::string& spelled, const face::AuVocabulary& vocabulary) {
  EvalMethod method{{}, spelled, {}};
  const auto equals = spelled.find('=');
  if (!path_exists(method.file) && equals != std::string::npos && equals > 0) {
    method.name = spelled.substr(0, equals);
    method.file = spelled.substr(equals + 1);
  }
  const bool csv = method.file.extension() == ".csv";
  if (method.name.empty()) method.name = csv ? method.file.stem().string() : run_name(method.file);
  method.pairs = csv ? read_csv(method.file, vocabulary) : read_records_of(method.file, vocabulary);
  return method;
}

std::optional<fs::path> find_truth(const fs::path& folder, const fs::path& edited) {
  for (const auto* extension : {".png", ".webp", ".tiff", ".tif", ".bmp", ".jpg", ".jpeg"}) {
    auto file = folder / edited.stem();
    file += extension;
    if (is_file(file)) return file;
  }
  return std::nullopt;
}

}  // namespace magicface::app

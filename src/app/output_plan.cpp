// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/output_plan.hpp"

#include <map>

#include "magicface/core/error.hpp"
#include "magicface/core/text.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

std::string fill(const std::string& pattern, const OutputKey& key) {
  const std::map<std::string, std::string> fields{{"stem", key.input.stem().string()},
                                                  {"edit", key.edit},
                                                  {"seed", std::to_string(key.seed)},
                                                  {"index", std::to_string(key.index)},
                                                  {"face", std::to_string(key.face)}};
  std::string name;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      name += pattern[at++];
      continue;
    }
    const auto end = pattern.find('}', at);
    const auto field = end == std::string::npos ? pattern.substr(at) : pattern.substr(at + 1, end - at - 1);
    const auto found = fields.find(field);
    if (end == std::string::npos || found == fields.end()) {
      throw UsageError("--output-pattern: expected {stem}, {edit}, {seed}, {index} or {face}, got '{" + field + "' in '" +
                       pattern + "'");
    }
    name += found->second;
    at = end + 1;
  }
  if (name.empty() || name.find('/') != std::string::npos) {
    throw UsageError("--output-pattern: expected a file name without folders, got '" + name + "'; name the folder with --out");
  }
  return name;
}

image::Format format_for(const OutputKey& key, const OutputOptions& options) {
  if (options.format) return *options.format;
  return image::format_of_path(key.input).value_or(image::Format::png);
}

}  // namespace

std::vector<PlannedOutput> plan_outputs(const std::vector<OutputKey>& keys, const OutputOptions& options) {
  std::error_code failure;
  const auto named_format = image::format_of_path(options.out);
  const bool names_file = named_format && !fs::is_directory(options.out, failure);
  if (names_file && keys.size() != 1) {
    throw UsageError("--out " + options.out.string() + ": expected a folder for " + std::to_string(keys.size()) +
                     " outputs, got a picture's name; give a folder");
  }
  std::vector<PlannedOutput> outputs;
  std::map<fs::path, fs::path> taken;
  for (const auto& key : keys) {
    PlannedOutput output;
    if (names_file) {
      if (options.format && *options.format != *named_format) {
        throw UsageError("--out " + options.out.string() + ": its extension and --format disagree; leave one of them out");
      }
      output = {options.out, *named_format};
    } else {
      output.format = format_for(key, options);
      const auto name = fill(options.pattern, key) + image::extension_of(output.format);
      output.path = options.out == "." ? fs::path(name) : options.out / name;
    }
    const auto [existing, fresh] = taken.emplace(output.path, key.input);
    if (!fresh) {
      throw UsageError("two outputs would be named " + output.path.string() + " (from " + existing->second.string() + " and " +
                       key.input.string() + "); tell them apart with --output-pattern, e.g. '{stem}_{edit}_{index}'");
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace magicface::app

// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/output_plan.hpp"

#include "magicface/core/error.hpp"
#include "magicface/core/files.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/encode.hpp"

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
      throw UsageError("--output-pattern: expected {stem}, {edit}, {seed}, {index} or {face}, got '{" + field +
                       "' in '" + pattern + "'");
    }
    name += found->second;
    at = end + 1;
  }
  return name;
}

[[noreturn]] void formats_disagree(const fs::path& name) {
  throw UsageError(name.string() + ": its extension and --format disagree; leave one of them out");
}

/// A job line's own name: folders are allowed, and an extension decides the format.
PlannedOutput own_name(const std::string& pattern, const OutputKey& key, const OutputOptions& options) {
  const fs::path name = fill(pattern, key);
  const auto named = image::format_of_path(name);
  if (named && options.format && *named != *options.format) formats_disagree(name);
  const auto format =
      named.value_or(options.format.value_or(image::format_of_path(key.input).value_or(image::Format::png)));
  if (!name.has_filename()) throw UsageError("output '" + pattern + "': expected a picture's name, got a folder");
  if (!options.allow_outside && !lies_inside(name)) {  // the filled name: a stem or an edit may be ".."
    throw UsageError("output " + name.string() + " leaves the output folder; name it inside, or give --allow-outside");
  }
  return {options.out / (named ? name.string() : name.string() + image::extension_of(format)), format};
}

image::Format format_for(const OutputKey& key, const OutputOptions& options) {
  if (options.format) return *options.format;
  return image::format_of_path(key.input).value_or(image::Format::png);
}

}  // namespace

PlannedOutput OutputNames::name(const OutputKey& key, const std::string& pattern) const {
  PlannedOutput output;
  if (!pattern.empty()) {
    output = own_name(pattern, key, options_);
  } else {
    output.format = format_for(key, options_);
    const auto name = fill(options_.pattern, key);
    if (name.empty() || name.find('/') != std::string::npos) {
      throw UsageError("--output-pattern: expected a file name without folders, got '" + name +
                       "'; name the folder with --out");
    }
    output.path = options_.out / (name + image::extension_of(output.format));
  }
  image::check_writable(output.format);
  if (options_.out == "." && output.path.is_relative()) output.path = output.path.lexically_relative(".");
  return output;
}

void OutputNames::take(const fs::path& file, const fs::path& from) {
  const auto [existing, fresh] = taken_.emplace(fs::absolute(file).lexically_normal(), from);
  if (!fresh) {
    throw UsageError("two outputs would be named " + file.string() + " (from " + existing->second.string() + " and " +
                     from.string() + "); tell them apart with --output-pattern, e.g. '{stem}_{edit}_{index}'");
  }
}

void check_out(const OutputOptions& options) {
  std::error_code failure;
  const auto flag = "--out " + options.out.string();
  if (options.out == "-") throw UsageError(flag + ": pictures aren't written to stdout; name a folder or a picture");
  if (image::is_other_picture(options.out) && !fs::is_directory(options.out, failure)) {
    throw UsageError(flag + ": expected a folder, or a picture's name with png, jpg, webp, tiff or bmp" +
                     (options.out.extension() == ".gif" ? "; an animation is made by --sweep-video" : ""));
  }
}

bool names_a_picture(const OutputOptions& options) {
  std::error_code failure;
  return image::format_of_path(options.out) && !fs::is_directory(options.out, failure);
}

fs::path folder_of(const OutputOptions& options) {
  return names_a_picture(options) ? options.out.parent_path() : options.out;
}

std::vector<PlannedOutput> plan_outputs(const std::vector<OutputKey>& keys, const OutputOptions& options) {
  std::vector<PlannedOutput> outputs;
  if (names_a_picture(options)) {
    if (keys.size() != 1) {
      throw UsageError("--out " + options.out.string() + ": expected a folder for " + std::to_string(keys.size()) +
                       " outputs, got a picture's name; give a folder");
    }
    const auto format = image::format_of_path(options.out).value();
    if (options.format && *options.format != format) formats_disagree("--out " + options.out.string());
    image::check_writable(format);
    return {{options.out, format}};
  }
  OutputNames names(options);
  for (const auto& key : keys) {
    outputs.push_back(names.name(key));
    names.take(outputs.back().path, key.input);
  }
  return outputs;
}

}  // namespace magicface::app

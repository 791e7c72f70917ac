// SPDX-License-Identifier: Apache-2.0
#include "magicface/app/inputs.hpp"

#include <glob.h>

#include <algorithm>
#include <istream>
#include <set>

#include "magicface/core/error.hpp"
#include "magicface/core/log.hpp"
#include "magicface/core/text.hpp"
#include "magicface/image/format.hpp"

namespace magicface::app {
namespace fs = std::filesystem;
namespace {

/// Hidden files are none: a Mac leaves `._NAME.png` beside every picture it copies. What can't be looked at (a broken
/// link) is one by its name, and reading it says why it can't be used.
std::vector<fs::path> pictures_of(const fs::path& folder, std::error_code& failure) {
  std::vector<fs::path> pictures;
  std::size_t others = 0;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    const auto& path = entry->path();
    std::error_code unknown;
    const bool other_thing = !entry->is_regular_file(unknown) && !unknown;
    if (other_thing || path.filename().string().starts_with('.')) continue;
    if (image::format_of_path(path)) pictures.push_back(path);
    if (image::is_other_picture(path)) ++others;
  }
  if (others > 0) {
    log::info(folder.string() + ": pictures of other kinds than png, jpg, webp, tiff and bmp, left out: " +
              std::to_string(others) + "; export them as one of these");
  }
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

std::vector<fs::path> matches_of(const std::string& pattern) {
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

class Expansion {
 public:
  explicit Expansion(const LeaveOut& leave_out) : leave_out_(leave_out) {}

  void add(const std::string& name) {
    std::error_code failure;
    if (fs::is_directory(name, failure)) {
      const auto pictures = kept(name, pictures_of(name, failure));
      if (failure) return problem(name, "the folder can't be read (" + failure.message() + ")");
      if (pictures.empty())
        return problem(name, "the folder holds no pictures (png, jpg, webp, tiff, bmp); name its subfolders, if any");
      for (const auto& picture : pictures) picture_found(picture);
    } else if (fs::exists(name, failure)) {
      picture_found(name);
    } else if (name.find_first_of("*?[") != std::string::npos) {
      const auto matches = kept(name, matches_of(name));
      if (matches.empty()) return problem(name, "nothing matches");
      for (const auto& match : matches) add(match.string());
    } else {
      problem(name, "no such file or folder");
    }
  }

  std::vector<Input> finish() {
    if (!any_) {
      std::string named;
      for (const auto& input : inputs_)
        named += (named.empty() ? "" : "; ") + input.path.string() + ": " + *input.problem;
      throw NoInputError("--in: no input (" + (named.empty() ? std::string("nothing was named") : named) + ")");
    }
    return std::move(inputs_);
  }

 private:
  std::vector<fs::path> kept(const std::string& name, std::vector<fs::path> found) const {
    if (const auto count = leave_out_ ? std::erase_if(found, leave_out_) : 0; count > 0) {
      log::info(name + ": pictures that earlier runs made, left out: " + std::to_string(count) +
                "; name those that are to be edited again");
    }
    return found;
  }
  void picture_found(const fs::path& path) {
    any_ = true;
    if (seen_.insert(path.lexically_normal().string()).second) inputs_.push_back({path, std::nullopt});
  }
  void problem(const std::string& name, const std::string& why) { inputs_.push_back({name, why}); }

  const LeaveOut& leave_out_;
  std::vector<Input> inputs_;
  std::set<std::string> seen_;
  bool any_ = false;
};

}  // namespace

std::vector<Input> expand_inputs(const std::vector<std::string>& names, std::istream& list, const LeaveOut& leave_out) {
  Expansion expansion(leave_out);
  for (const auto& name : names) {
    if (name != "-") {
      expansion.add(name);
      continue;
    }
    for (std::string line; std::getline(list, line);) {
      if (const auto trimmed = trim(line); !trimmed.empty()) expansion.add(trimmed);
    }
  }
  return expansion.finish();
}

}  // namespace magicface::app

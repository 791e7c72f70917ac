// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace magicface {

/// Whether there is something of this name, and whether it is a file: no where it can't be told, as with a name that is
/// too long, a link to itself, or a folder that one may not enter.
bool path_exists(const std::filesystem::path& path);
bool is_file(const std::filesystem::path& path);
/// Whether a relative path, as it is spelled, leads to something below where it starts.
bool lies_inside(const std::filesystem::path& path);
/// The absolute name without links and dots, as far as it can be told.
std::filesystem::path canonical_path(const std::filesystem::path& path);

/// Whole file as bytes. @throws ItemError with the reason when it can't be read or is larger than `max_bytes`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file, std::uintmax_t max_bytes);

/// What becomes of a file that has the name already.
enum class Existing { replace, keep };

/// Writes `bytes` so that a reader sees the old file or the whole new one: unique temporary file beside the target,
/// flush, fsync, rename, fsync of the folder (docs/architecture.md, "Outputs appear whole").
/// @throws ItemError with the reason, also for a file that is to be kept; the temporary file is removed.
void write_file_atomically(const std::filesystem::path& target, const std::vector<std::uint8_t>& bytes,
                           Existing existing = Existing::replace);

/// A file that exists is replaced only when asked. @throws ItemError that names --overwrite and --out.
void keep_existing(const std::filesystem::path& file, bool overwrite);

/// Makes a folder and those above it; fine when it is there. @throws ItemError with the reason.
void make_folder(const std::filesystem::path& folder);
/// The same for the folder that a file is to lie in.
void make_folder_of(const std::filesystem::path& file);

/// Folder of the running executable (Linux: /proc/self/exe); empty when unknown.
std::filesystem::path executable_folder();

}  // namespace magicface

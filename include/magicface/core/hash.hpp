// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace magicface {

/// Lower-case hexadecimal SHA-256 of a file's bytes, read in slices (OpenSSL's libcrypto).
/// @throws Error when the file can't be read.
std::string sha256_of_file(const std::filesystem::path& file);

/// The same of bytes in memory.
std::string sha256_of_bytes(const void* data, std::size_t size);

}  // namespace magicface
